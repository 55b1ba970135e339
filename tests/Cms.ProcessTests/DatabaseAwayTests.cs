using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Cms.Changes;
using Cms.EmbeddedPostgres;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>A database that goes away under a server, and comes back.</summary>
public sealed class DatabaseAwayTests(Newsrooms newsrooms)
{
    private static readonly string[] Anonymous =
    [
        "/v1/articles?limit=5&body=html",
        "/v1/sections",
        "/v1/tags",
        "/health/ready",
    ];
    private static readonly string[] Authenticated =
    [
        "/v1/editorial/articles?limit=5",
        "/v1/articles?limit=5",
        "/v1/editorial/images?limit=5",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_says_so_and_serves_again_when_it_is_back()
    {
        var folder = newsrooms.NewData();
        var options = new PostgresClusterOptions
        {
            Directory = folder,
            Settings = PostgresClusterOptions.DisposableSettings,
        };
        await using var first = await PostgresCluster.StartAsync(options, Ct);
        var environment = Newsrooms.Using(
            await Newsrooms.CreateDatabaseAsync(first.ConnectionString, "newsroom")
        );
        var data = newsrooms.NewData();
        (await CmsProcess.RunAsync(["seed"], environment, data)).Done();
        var token = Assert.Single(
            (await CmsProcess.RunAsync(["keys", "create", "Desk", "--role", "editor"], environment, data))
                .Done()
                .Output
        );
        await using var server = await CmsProcess.ServeAsync(data, environment);
        using var anonymous = server.Client();
        using var desk = server.Client(token);

        // Often enough for every statement to be prepared on many connections.
        for (var time = 0; time < 5; time++)
            Assert.All(await AskAsync(anonymous, desk), a => Assert.Equal(HttpStatusCode.OK, a.Status));

        using var busy = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var throughout = new ConcurrentBag<Answer>();
        var work = Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => KeepAskingAsync(anonymous, desk, throughout, busy.Token))
        );

        // A request whose statement waits in the database when that is shut down.
        await using var holder = await Sql.OpenAsync(environment["ConnectionStrings__Cms"]);
        await using var hold = new Npgsql.NpgsqlCommand(
            "begin; lock table authors in access exclusive mode",
            holder
        );
        await hold.ExecuteNonQueryAsync(Ct);
        var waiting = anonymous.GetAsync("/v1/authors", Ct);
        await Wait.UntilAsync(
            "a statement that waits",
            () =>
                Sql.ScalarAsync<bool>(
                    first.ConnectionString,
                    "select exists (select from pg_locks where not granted and relation is not null)"
                )
        );

        await first.DisposeAsync();
        var away = Stopwatch.StartNew();
        using (var cutShort = await waiting)
            (await Answer.OfAsync("/v1/authors", cutShort)).IsUnavailable();
        // Memory answers for as long as the database's last word counts. On a busy machine that may still be on its way
        // while the one before it has ceased to count: then memory pauses, and answers again.
        await Wait.UntilAsync(
            "it is noticed",
            async () =>
                away.Elapsed > ChangeSignal.TrustedFor
                && (await AskAsync(anonymous, desk)).All(a => a.Status == HttpStatusCode.ServiceUnavailable)
        );
        for (var time = 0; time < 3; time++)
            foreach (var answer in await AskAsync(anonymous, desk))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
                answer.IsUnavailable();
            }
        using (var live = await anonymous.GetAsync("/health/live", Ct))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        await using var second = await PostgresCluster.StartAsync(options, Ct);
        await Wait.UntilAsync(
            "all is well again",
            async () => (await AskAsync(anonymous, desk)).All(a => a.Status == HttpStatusCode.OK)
        );
        await busy.CancelAsync();
        await work;

        for (var time = 0; time < 5; time++)
            Assert.All(await AskAsync(anonymous, desk), a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Contains(throughout, a => a.Status == HttpStatusCode.OK);
        Assert.Contains(throughout, a => a.Status == HttpStatusCode.Created);
        Assert.Contains(throughout, a => a.Status == HttpStatusCode.ServiceUnavailable);
        Assert.All(
            throughout,
            a =>
            {
                if (a.Status is not (HttpStatusCode.OK or HttpStatusCode.Created))
                    a.IsUnavailable();
            }
        );
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task KeepAskingAsync(
        HttpClient anonymous,
        HttpClient desk,
        ConcurrentBag<Answer> answers,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var answer in await AskAsync(anonymous, desk))
                answers.Add(answer);
            using var content = new StringContent(
                """{"headline":"Written while the database comes and goes"}""",
                System.Text.Encoding.UTF8,
                "application/json"
            );
            using var response = await desk.PostAsync("/v1/editorial/articles", content, Ct);
            answers.Add(await Answer.OfAsync("POST", response));
        }
    }

    private static Task<Answer[]> AskAsync(HttpClient anonymous, HttpClient desk)
    {
        static async Task<Answer> GetAsync(HttpClient client, string path)
        {
            using var response = await client.GetAsync(path, Ct);
            return await Answer.OfAsync(path, response);
        }
        return Task.WhenAll([
            .. Anonymous.Select(path => GetAsync(anonymous, path)),
            .. Authenticated.Select(path => GetAsync(desk, path)),
        ]);
    }

    private sealed record Answer(
        string Path,
        HttpStatusCode Status,
        string? Type,
        string? RetryAfter,
        string Body
    )
    {
        public static async Task<Answer> OfAsync(string path, HttpResponseMessage response) =>
            new(
                path,
                response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                response.Headers.RetryAfter?.ToString(),
                await response.Content.ReadAsStringAsync(Ct)
            );

        public void IsUnavailable()
        {
            Assert.True(Status == HttpStatusCode.ServiceUnavailable, ToString());
            Assert.Equal("application/problem+json", Type);
            Assert.NotNull(RetryAfter);
            Assert.Equal("unavailable", (string)JsonNode.Parse(Body)!["code"]!);
        }
    }
}
