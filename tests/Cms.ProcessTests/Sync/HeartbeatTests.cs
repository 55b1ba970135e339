using System.Text;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Sync;

/// <summary>A stream of events in which nothing happens shows that it lives.</summary>
public sealed class HeartbeatTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_without_news_sends_a_comment_as_often_as_is_configured()
    {
        await using var server = await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            new Dictionary<string, string> { ["Cms__HeartbeatSeconds"] = "1" }
        );
        using var reader = server.Client();

        await using var stream = await reader.GetStreamAsync(new Uri("/v1/events", UriKind.Relative), Ct);
        using var lines = new StreamReader(stream, Encoding.UTF8);
        var beats = 0;
        while (beats < 3)
        {
            var line = await lines.ReadLineAsync(Ct).AsTask().WaitAsync(Wait.Deadline, Ct);
            Assert.NotNull(line);
            Assert.False(line.StartsWith("data:", StringComparison.Ordinal), line);
            if (line.TrimEnd() == ":")
                beats++;
        }
    }
}
