using System.Text.Json;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;

namespace Cms.Tests.Platform;

/// <summary>What it costs to look at a hostile body.</summary>
public sealed class JsonShapeTests
{
    [Theory]
    [InlineData("""{"headline":"x",*}""", "\"headlin#\":1")]
    [InlineData("""{"headline":"x","body":{"blocks":[*]}}""", "{\"type\":\"paragrap#\"}")]
    [InlineData(
        """{"headline":"x","body":{"blocks":[*]}}""",
        """{"type":"heading","level":"#","html":"x"}"""
    )]
    public void Nothing_is_sought_for_faults_that_are_only_counted(string body, string fault)
    {
        const int count = 20_000;
        using var json = JsonDocument.Parse(
            body.Replace(
                "*",
                string.Join(
                    ',',
                    Enumerable
                        .Range(0, count)
                        .Select(i => fault.Replace("#", $"{i}", StringComparison.Ordinal))
                ),
                StringComparison.Ordinal
            )
        );
        var faults = new Faults();
        JsonShape.Read(json.RootElement, typeof(ArticleInput), new Faults());

        var before = GC.GetAllocatedBytesForCurrentThread();
        JsonShape.Read(json.RootElement, typeof(ArticleInput), faults);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / count;

        Assert.Equal((count, Faults.Max), (faults.Count, faults.Count - faults.More));
        Assert.True(each < 2_500, $"{each} bytes for each of {count} faults.");
    }
}
