using System.Diagnostics;
using System.Globalization;

namespace Cms.ProcessTests.Guides;

/// <summary>
/// One bash for a whole guide, so that variables live from example to example. Its <c>curl</c> also writes down the
/// head of the last answer.
/// </summary>
internal sealed class Shell : IAsyncDisposable
{
    private const string End = "---- end of the example ----";

    private readonly Process _bash;
    private readonly string _head = Path.GetTempFileName();
    private readonly List<string> _errors = [];

    /// <param name="home">Where <c>~</c> is.</param>
    /// <param name="folder">Where it works: paths of examples are relative to it.</param>
    public Shell(string home, string folder)
    {
        _bash = new Process
        {
            StartInfo = new ProcessStartInfo("bash", ["--noprofile", "--norc"])
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["HOME"] = home,
                    ["HEAD_OF_ANSWER"] = _head,
                    ["LC_ALL"] = "C.UTF-8",
                },
            },
        };
        _bash.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                if (line.Data is not null)
                    _errors.Add(line.Data);
        };
        _bash.Start();
        _bash.BeginErrorReadLine();
        _bash.StandardInput.WriteLine("curl() { command curl -sS -D \"$HEAD_OF_ANSWER\" \"$@\"; }");
    }

    /// <summary>Runs it as if it were typed in.</summary>
    public async Task<Answer> RunAsync(string script, CancellationToken ct)
    {
        await File.WriteAllTextAsync(_head, "", ct);
        await _bash.StandardInput.WriteLineAsync($"{script}\necho; echo '{End}' $?");
        await _bash.StandardInput.FlushAsync(ct);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Wait.Deadline);
        var output = new List<string>();
        while (await _bash.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (!line.StartsWith(End, StringComparison.Ordinal))
            {
                output.Add(line);
                continue;
            }
            if (line[End.Length..].Trim() != "0")
                throw new InvalidOperationException($"{script}\nfailed: {Errors()}");
            return Answer.Of(await File.ReadAllTextAsync(_head, ct), string.Join('\n', output));
        }
        throw new InvalidOperationException($"{script}\nended the shell: {Errors()}");
    }

    public async ValueTask DisposeAsync()
    {
        _bash.StandardInput.Close();
        await _bash.WaitForExitAsync(CancellationToken.None);
        _bash.Dispose();
        File.Delete(_head);
    }

    private string Errors()
    {
        lock (_errors)
            return string.Join('\n', _errors);
    }
}

/// <summary>What an example printed, and the head of the answer that it got.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    /// <param name="head">All heads that curl received; the last one counts.</param>
    /// <param name="output">What was printed; <c>curl -i</c> prints the head too.</param>
    public static Answer Of(string head, string output)
    {
        var last = head.ReplaceLineEndings("\n")
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(part => part.StartsWith("HTTP/", StringComparison.Ordinal));
        var body = output.ReplaceLineEndings("\n");
        if (body.StartsWith("HTTP/", StringComparison.Ordinal))
            body = body.IndexOf("\n\n", StringComparison.Ordinal) is >= 0 and var end
                ? body[(end + 2)..]
                : "";
        if (last is null)
            return new Answer(0, [], body);
        var lines = last.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Answer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            [.. lines[1..].Select(line => line.Split(':', 2)).Select(p => (p[0].Trim(), p[1].Trim()))],
            body
        );
    }

    public string? Header(string name) =>
        Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
