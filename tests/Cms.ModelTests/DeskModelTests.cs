using System.Text.Json.Nodes;
using Cms.Client;
using Cms.Client.Sync;
using CsCheck;

namespace Cms.ModelTests;

/// <summary>
/// Lives of articles at random, on the server and in a small model: they agree on every status, revision, schedule and
/// refusal, and on what readers see, list and sync.
/// </summary>
public sealed class DeskModelTests(ModelServer server)
{
    /// <summary>Ten times as many with <c>CMS_DEEP_TESTS</c>.</summary>
    private static readonly int Count =
        Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1" ? 20_000 : 2_000;

    /// <summary>So many live at a time. They share the clock, not the articles.</summary>
    private const int Together = 100;
    private const int AtOnce = 8;
    private const int MaxLifeLength = 12;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_tried_the_server_does_what_the_model_does()
    {
        var seed = Environment.GetEnvironmentVariable("CMS_MODEL_SEED") is { Length: > 0 } given
            ? PCG.Parse(given)
            : PCG.ThreadPCG;
        for (var done = 0; done < Count; done += Together)
        {
            var from = seed.ToString(seed.State);
            var lives = Lives
                .Of(1, MaxLifeLength)
                .Array[Math.Min(Together, Count - done)]
                .Generate(seed, null, out _);
            if ((await RunAsync(lives)).FirstOrDefault(p => p.Failure is not null) is { } failed)
                Assert.Fail(
                    $"{(await ShortestAsync(failed)).Failure}\n\nAgain: CMS_MODEL_SEED={from}, after {done} others."
                );
        }
    }

    /// <summary>
    /// Leaves out one act after the other as long as it still fails. The candidates of each round live together.
    /// </summary>
    private async Task<Play> ShortestAsync(Play failed)
    {
        while (
            (await RunAsync([.. failed.Life.Shorter()])).FirstOrDefault(p => p.Failure is not null)
                is { } shorter
        )
            failed = shorter;
        return failed;
    }

    /// <summary>Lives all of them, act by act; a minute passes after each.</summary>
    private async Task<IReadOnlyList<Play>> RunAsync(IReadOnlyList<Life> lives)
    {
        var stage = await Stage.SetAsync(server.Cms);
        var plays = lives.Select(life => new Play(life, stage, server.Clock)).ToList();
        using var client = new CmsClient(server.Cms.Address);
        var store = new InMemoryStore();
        var sync = new SyncEngine(client, store, new SyncOptions { Sections = [stage.A, stage.B] });
        await AllAsync(plays, (play, ct) => play.OpenAsync(ct));
        for (var n = 0; n < plays.Max(p => p.Length) + 1; n++)
        {
            await AllAsync(plays, (play, ct) => play.ActAsync(n, ct));
            await server.PassMinuteAsync();
            await AllAsync(plays, (play, ct) => play.PassAsync(ct));
            await LookAtListAsync(plays, stage);
            await sync.SyncOnceAsync(Ct);
            var copy = new Dictionary<string, string>(StringComparer.Ordinal);
            await foreach (var article in new LocalNewsroom(store).ListArticlesAsync(cancellationToken: Ct))
                copy[article.Id.ToString()] = article.Headline;
            Compare(plays, copy, "sync");
        }
        return plays;
    }

    private static async Task LookAtListAsync(List<Play> plays, Stage stage)
    {
        var list = new Dictionary<string, string>(StringComparer.Ordinal);
        var url = $"/v1/articles?section={stage.A},{stage.B}&limit=100";
        for (string? cursor = null; ; )
        {
            var text = await stage.Reader.GetStringAsync(cursor is null ? url : $"{url}&cursor={cursor}", Ct);
            var page = JsonNode.Parse(text)!;
            foreach (var article in page["data"]!.AsArray())
                list.Add((string)article!["id"]!, (string)article["headline"]!);
            cursor = (string?)page["page"]!["next"];
            if (cursor is null)
                break;
        }
        Compare(plays, list, "the list");
    }

    private static void Compare(List<Play> plays, Dictionary<string, string> found, string where)
    {
        foreach (var play in plays.Where(p => p.Failure is null))
            if (found.GetValueOrDefault(play.Id) != play.Seen)
                play.Fail(
                    $"is '{play.Seen}' for readers in the model, and '{found.GetValueOrDefault(play.Id)}' in {where}"
                );
    }

    private static Task AllAsync(List<Play> plays, Func<Play, CancellationToken, Task> act) =>
        Parallel.ForEachAsync(
            plays,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ct },
            async (play, ct) => await act(play, ct)
        );
}
