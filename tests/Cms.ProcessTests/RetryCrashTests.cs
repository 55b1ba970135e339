using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Cms.ProcessTests.Sync;

namespace Cms.ProcessTests;

/// <summary>Clients that retry with an <c>Idempotency-Key</c>, and a server that is killed again and again.</summary>
public sealed class RetryCrashTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_article_is_made_once_however_often_the_server_is_killed()
    {
        var (articles, kills, clients) = Depth.IsWhole ? (500, 10, 8) : (90, 3, 8);
        var data = await newsrooms.SeededAsync();
        var server = await CmsProcess.ServeAsync(data);
        var (made, left) = (new string?[articles], new Queue<int>(Enumerable.Range(0, articles)));
        for (var round = 1; round <= kills + 1; round++)
        {
            var (running, last) = (server, round > kills);
            var killAt = articles * round / (kills + 1);
            await Task.WhenAll(
                Enumerable
                    .Range(0, clients)
                    .Select(_ =>
                        WorkAsync(
                            running,
                            left,
                            made,
                            () =>
                            {
                                if (!last && made.Count(id => id is not null) >= killAt)
                                    running.Signal(Signals.Kill);
                            }
                        )
                    )
            );
            if (last)
                break;
            await server.DisposeAsync();
            server = await CmsProcess.ServeAsync(data);
        }

        Assert.Equal(articles, made.Distinct().Count(id => id is not null));
        var stored = await Sql.ColumnAsync<string>(
            Sql.Of(server),
            "select headline from articles where headline like 'Retried %'"
        );
        await server.DisposeAsync();
        Assert.Equal(
            Enumerable.Range(0, articles).Select(i => $"Retried {i}").Order(StringComparer.Ordinal),
            stored.Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Posts what is left; what got no answer is left for the next round, with the same key.</summary>
    private static async Task WorkAsync(CmsProcess server, Queue<int> left, string?[] made, Action after)
    {
        using var desk = server.Admin();
        while (true)
        {
            int number;
            lock (left)
                if (!left.TryDequeue(out number))
                    return;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/editorial/articles")
                {
                    Content = JsonContent.Create(new JsonObject { ["headline"] = $"Retried {number}" }),
                };
                request.Headers.Add("Idempotency-Key", $"article-{number}");
                using var response = await desk.SendAsync(request, Ct);
                made[number] = (string?)(await response.ReadAsync(HttpStatusCode.Created))["id"];
                after();
            }
            catch (Exception e) when (Nodes.IsOutage(e))
            {
                lock (left)
                    left.Enqueue(number);
                return;
            }
        }
    }
}
