using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Bodies;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What a body that is slow to parse holds up, and what it does not.</summary>
public sealed class BodyParsingTests(CmsServer cms)
{
    private const int Hostile = 24;

    private static readonly string Slow = string.Concat(Enumerable.Repeat("a<?", 80_000));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_all_places_for_large_bodies_are_taken_the_desk_goes_on()
    {
        var draft = await cms.DraftAsync();
        var address = $"/v1/editorial/articles/{draft["id"]}";
        var key = (await cms.NewKeyAsync(Role.Contributor)).Token;
        var hostile = cms.Client(key);
        var admission = cms.Services.GetRequiredService<Admission>();
        var bounds = cms.Services.GetRequiredService<AdmissionBounds>();

        var gate = new List<IDisposable>();
        for (var i = 0; i < bounds.LargeBodies; i++)
            gate.Add(await admission.TakeAsync(Share.LargeBodies, Ct));
        List<Task<HttpResponseMessage>> attacks;
        try
        {
            attacks =
            [
                .. Enumerable
                    .Range(0, Hostile)
                    .Select(i =>
                        i % 2 == 0
                            ? hostile.PostAsync(
                                "/v1/editorial/articles",
                                System.Net.Http.Json.JsonContent.Create(Article(Slow)),
                                Ct
                            )
                            : cms.Editor.SendPatchAsync(address, Article(Slow), "\"1\"")
                    ),
            ];
            // All but those that may wait are told at once to come back.
            await Wait.UntilAsync(
                "the refusals",
                () => attacks.Count(a => a.IsCompleted) >= Hostile - bounds.LargeBodiesWaiting
            );
            foreach (var refused in attacks.Where(a => a.IsCompleted))
            {
                var response = await refused;
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
            }

            // Another editor saves the same article meanwhile, with a body and without, and publishes it.
            await (await cms.Editor.SendPatchAsync(address, Article("One.\n\nTwo."), "\"1\"")).ReadAsync(
                HttpStatusCode.OK
            );
            await (
                await cms.Editor.SendPatchAsync(address, new JsonObject { ["kicker"] = "Now" }, "\"2\"")
            ).ReadAsync(HttpStatusCode.OK);
            await cms.Editor.PostAsync($"{address}/publish", expected: HttpStatusCode.OK);
            Assert.Equal(bounds.LargeBodiesWaiting, attacks.Count(a => !a.IsCompleted));
        }
        finally
        {
            gate.ForEach(place => place.Dispose());
        }

        var answers = await Task.WhenAll(attacks);
        var read = answers.Where(a => a.StatusCode != HttpStatusCode.ServiceUnavailable).ToArray();
        Assert.Equal(bounds.LargeBodiesWaiting, read.Length);
        foreach (var answer in read)
            Assert.True(
                answer.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.PreconditionFailed
            );
    }

    [Fact]
    public async Task A_body_that_is_slow_to_parse_is_refused_with_the_reason()
    {
        var refused = await cms.Contributor.PostAsync(
            "/v1/editorial/articles",
            Article(Slow),
            HttpStatusCode.UnprocessableEntity
        );

        var fault = Assert.Single(refused["errors"]!.AsArray())!;
        Assert.Equal("/body/markdown", (string)fault["pointer"]!);
        Assert.Equal("too-complex", (string)fault["code"]!);
        Assert.Contains("Divide it with blank lines", (string)fault["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_body_that_is_not_hostile_is_saved()
    {
        var text = string.Concat(
            Enumerable.Repeat("Some *words* and `code`, [a link](https://a.example/) & more.\n\n", 1_900)
        );
        Assert.True(text.Length > BodyParsing.Large);

        var saved = await cms.Contributor.PostAsync("/v1/editorial/articles", Article(text));

        Assert.Equal(1_900, saved["body"]!["blocks"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_body_that_is_not_parsed_in_time_is_answered_as_overload_and_gives_its_place_back()
    {
        var admission = cms.Services.GetRequiredService<Admission>();
        var hosts = cms.Services.GetRequiredService<ExternalHosts>();
        var late = new BodyParsing(admission, hosts, new EndedClock());
        var inTime = new BodyParsing(admission, hosts, TimeProvider.System);
        BodyInput[] forms =
        [
            new() { Markdown = "One." },
            new() { Html = "<p>One.</p>" },
            new() { Blocks = [new ParagraphBlock { Html = "One &copy;" }] },
            new() { Html = $"<p>{new string('a', BodyParsing.Large)}</p>" },
        ];

        // More often than there are places.
        for (var i = 0; i < 100; i++)
        {
            var refused = await Assert.ThrowsAsync<Refused>(() =>
                late.ParseAsync(forms[i % forms.Length], Ct)
            );
            Assert.Equal(ProblemKinds.Overloaded, refused.Kind);
            Assert.Equal(EndedClock.Deadline, refused.RetryAfter);
            Assert.Contains("nothing was saved", refused.Message, StringComparison.Ordinal);
        }

        foreach (var form in forms)
            Assert.True((await inTime.ParseAsync(form, Ct))?.IsValid);
        // Whoever hangs up is not told of an overload.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            late.ParseAsync(forms[0], new CancellationToken(canceled: true))
        );
    }

    private static JsonObject Article(string markdown) =>
        new()
        {
            ["headline"] = Names.Unique("headline"),
            ["body"] = new JsonObject { ["markdown"] = markdown },
        };

    /// <summary>The deadline of parsing is over as soon as it begins; nothing else is.</summary>
    private sealed class EndedClock : TimeProvider
    {
        public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

        public override ITimer CreateTimer(
            TimerCallback callback,
            object? state,
            TimeSpan dueTime,
            TimeSpan period
        )
        {
            Assert.Equal(Deadline, dueTime);
            callback(state);
            return base.CreateTimer(
                static _ => { },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
        }
    }
}
