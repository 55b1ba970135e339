using System.Text;
using System.Text.Json.Nodes;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Sync;

/// <summary>What is asked of the server between the measurements.</summary>
internal static class Desk
{
    /// <summary>So many published articles from everywhere in the newsroom, the same ones each time.</summary>
    public static Task<IReadOnlyList<Guid>> ArticlesAsync(
        this Newsroom newsroom,
        int count,
        CancellationToken ct
    ) =>
        newsroom.Postgres.ListAsync<Guid>(
            "select id from published_articles order by md5(id::text) limit @count",
            new { count },
            ct
        );

    /// <summary>
    /// Lets readers see something else than the working copy, so that to publish it is a change: what readers see
    /// already is told to nobody.
    /// </summary>
    public static Task OutdateAsync(this Newsroom newsroom, Guid article, CancellationToken ct) =>
        newsroom.Postgres.ExecuteAsync(
            "update published_articles set content_hash = ''::bytea where id = @article",
            new { article },
            ct
        );

    /// <summary>
    /// Publishes it again: after <see cref="OutdateAsync"/>, to everybody who listens, that is a change.
    /// </summary>
    public static byte[] Publish(Newsroom newsroom, Guid article) =>
        Wire.Post($"/v1/editorial/articles/{article}/publish", $"Authorization: Bearer {newsroom.Key}");

    /// <summary>A page of the feed.</summary>
    public static async Task<SyncPage> PageAsync(this ServerProcess node, string query, CancellationToken ct)
    {
        using var wire = await Wire.OpenAsync(node.Address, ct);
        var bytes = new MemoryStream();
        await wire.ExchangeAsync(Wire.Get($"/v1/sync?{query}"), 200, ct, bytes.Write);
        // What is asked for stands at the end, behind megabytes of changes.
        var text = Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        var end = JsonNode.Parse("{" + text[text.LastIndexOf("\"cursor\":", StringComparison.Ordinal)..])!;
        return new((string)end["cursor"]!, (bool)end["hasMore"]!, bytes.Length);
    }

    /// <summary>Where the feed ends.</summary>
    public static async Task<string> EndAsync(this ServerProcess node, CancellationToken ct)
    {
        // A stream that begins now says where it begins.
        using var wire = await Wire.OpenAsync(node.Address, ct);
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(ct);
        string? cursor = null;
        var lines = new Lines(line =>
        {
            if (!line.StartsWith("id: "u8))
                return;
            cursor = Encoding.ASCII.GetString(line[4..]);
            heard.Cancel();
        });
        try
        {
            await wire.ExchangeAsync(Wire.Get("/v1/events"), 200, heard.Token, lines.Take);
        }
        catch (OperationCanceledException) when (cursor is not null) { }
        return cursor!;
    }
}

/// <summary>What a page of the feed leads to.</summary>
internal sealed record SyncPage(string Cursor, bool HasMore, long Bytes);
