using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cms.Docs;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Guides;

/// <summary><c>openapi/requests.http</c>, as an editor's HTTP client sends it.</summary>
public sealed partial class RequestsFileTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string Folder = Path.Combine(Stage.Root, "openapi");

    [Fact]
    public async Task Every_request_is_answered_with_the_status_in_its_title()
    {
        var data = await newsrooms.SeededAsync();
        await using var server = await CmsProcess.ServeAsync(data);
        using var client = server.Client();
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "requests.http"), Ct);
        var parts = text.Split("\n### ");
        // The file's own values are for people to change.
        var values = Value().Matches(parts[0]).ToDictionary(m => m.Groups["name"].Value, _ => "");
        values["host"] = server.Address.ToString().TrimEnd('/');
        values["key"] = (await File.ReadAllTextAsync(Path.Combine(data, "admin.key"), Ct)).Trim();

        var faults = new List<string>();
        foreach (var part in parts.Skip(1))
        {
            var (title, content) = (part[..part.IndexOf('\n')], part[(part.IndexOf('\n') + 1)..]);
            var status = int.Parse(
                Status().Match(title).Groups["status"].Value,
                CultureInfo.InvariantCulture
            );
            var filled = values.Aggregate(
                content,
                (all, v) => all.Replace($"{{{{{v.Key}}}}}", v.Value, StringComparison.Ordinal)
            );
            using var request = Message(HttpExample.Parse(filled)!);
            using var response = await client.SendAsync(request, Ct);
            if ((int)response.StatusCode != status)
                faults.Add(
                    $"{title}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Ct)}"
                );
        }
        Assert.Empty(faults);
        Assert.True(parts.Length > 20);
    }

    private static HttpRequestMessage Message(HttpExample example)
    {
        var message = new HttpRequestMessage(new HttpMethod(example.Method), example.Target);
        if (example.Body is not null)
            message.Content = new ByteArrayContent([.. Bytes(example.Body)]);
        foreach (var (name, value) in example.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value))
                Assert.True(message.Content?.Headers.TryAddWithoutValidation(name, value), name);
        return message;
    }

    /// <summary>Lines end as forms want it, and <c>&lt; file</c> is the file, beside this one.</summary>
    private static IEnumerable<byte> Bytes(string body) =>
        body.Split('\n')
            .SelectMany(line =>
                line.StartsWith("< ", StringComparison.Ordinal)
                    ? [.. File.ReadAllBytes(Path.Combine(Folder, line[2..])), .. "\r\n"u8]
                    : Encoding.UTF8.GetBytes(line + "\r\n")
            );

    [GeneratedRegex(@"^@(?<name>\w+) = ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Value();

    [GeneratedRegex(@"\((?<status>[0-9]{3})\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Status();
}
