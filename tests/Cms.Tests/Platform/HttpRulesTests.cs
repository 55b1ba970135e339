using System.Globalization;
using System.Text.Json;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using CsCheck;

namespace Cms.Tests.Platform;

/// <summary>The small rules of requests: tags, times, pointers, cursors.</summary>
public sealed class HttpRulesTests
{
    [Theory]
    [InlineData("\"7\"", true)]
    [InlineData("*", true)]
    [InlineData("\"6\", \"7\"", true)]
    [InlineData("W/\"7\"", false)]
    [InlineData("\"07\"", false)]
    [InlineData("\"77\"", false)]
    [InlineData("\"*\"", false)]
    [InlineData("", false)]
    [InlineData(" , ", false)]
    public void If_match_names_a_revision_strongly(string ifMatch, bool matches) =>
        Assert.Equal(matches, Conditional.Matches(ifMatch, 7));

    [Theory]
    [InlineData("7", "quotes are missing")]
    [InlineData("\"7", "in its quotes")]
    [InlineData("7\"", "in its quotes")]
    [InlineData("\"7\" \"8\"", "in its quotes")]
    [InlineData("\"7\", 8", "in its quotes")]
    public void What_is_no_entity_tag_is_refused_with_what_it_lacks(string ifMatch, string lack)
    {
        var fault = Assert.Single(Assert.Throws<Refused>(() => Conditional.Matches(ifMatch, 7)).Errors!);

        Assert.Equal("If-Match", fault.Parameter);
        Assert.Contains(lack, fault.Detail, StringComparison.Ordinal);
    }

    /// <summary>RFC 9110, 13.2.2. E is the present entity tag; what lies in the past or future is a date.</summary>
    [Theory]
    [InlineData("E", null, null, null, "Holds")]
    [InlineData("other", null, null, null, "Fails")]
    [InlineData("W/E", null, null, null, "Fails")]
    [InlineData("*", null, null, null, "Holds")]
    [InlineData("other, E", null, null, null, "Holds")]
    [InlineData(null, "past", null, null, "Fails")]
    [InlineData(null, "future", null, null, "Holds")]
    [InlineData(null, "no date", null, null, "Holds")]
    // An entity tag wins over a date.
    [InlineData("E", "past", null, null, "Holds")]
    [InlineData("other", "future", null, null, "Fails")]
    [InlineData(null, null, "E", null, "NotModified")]
    [InlineData(null, null, "W/E", null, "NotModified")]
    [InlineData(null, null, "other, W/E", null, "NotModified")]
    [InlineData(null, null, "*", null, "NotModified")]
    [InlineData(null, null, "other", null, "Holds")]
    [InlineData(null, null, null, "future", "NotModified")]
    [InlineData(null, null, null, "past", "Holds")]
    [InlineData(null, null, null, "no date", "Holds")]
    [InlineData(null, null, "E", "past", "NotModified")]
    [InlineData(null, null, "other", "future", "Holds")]
    // What the request is to hold for comes before what the client has.
    [InlineData("E", null, "E", null, "NotModified")]
    [InlineData("other", null, "E", null, "Fails")]
    [InlineData("E", null, "other", "future", "Holds")]
    [InlineData(null, "future", "E", null, "NotModified")]
    [InlineData(null, "past", "E", "future", "Fails")]
    [InlineData(null, "future", null, "future", "NotModified")]
    public void Conditions_count_in_their_order(
        string? match,
        string? unmodified,
        string? noneMatch,
        string? modified,
        string outcome
    )
    {
        var now = new DateTimeOffset(2026, 10, 1, 8, 0, 0, TimeSpan.Zero);
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext().Request;
        if (match is not null)
            request.Headers.IfMatch = Tags(match);
        if (noneMatch is not null)
            request.Headers.IfNoneMatch = Tags(noneMatch);
        if (unmodified is not null)
            request.Headers.IfUnmodifiedSince = Date(unmodified);
        if (modified is not null)
            request.Headers.IfModifiedSince = Date(modified);

        Assert.Equal(outcome, Conditional.Evaluate(request, new("\"E\""), now.AddDays(-2), now).ToString());

        string Date(string when) =>
            when switch
            {
                "past" => now.AddDays(-3).ToString("R", CultureInfo.InvariantCulture),
                "future" => now.AddDays(-1).ToString("R", CultureInfo.InvariantCulture),
                _ => when,
            };
        static string Tags(string names) =>
            names.Replace("other", "\"other\"", StringComparison.Ordinal) is var tags
            && tags.Contains('E', StringComparison.Ordinal)
                ? tags.Replace("E", "\"E\"", StringComparison.Ordinal)
                : tags;
    }

    private static readonly Gen<string> CacheTag = Gen.Select(
            Gen.OneOf(
                Gen.Const("article"),
                Gen.Const("section"),
                Gen.Const("author"),
                Gen.Const("image"),
                Gen.Const("tag")
            ),
            Gen.OneOf(Gen.Guid.Select(id => $":{id}"), Gen.Const("s"))
        )
        .Select((kind, rest) => kind + rest);

    [Fact]
    public void The_tags_of_an_answer_are_all_named_themselves_or_by_their_kind_in_bounded_room() =>
        CacheTag
            .Array[0, 600]
            .Sample(tags =>
            {
                var header = CacheTags.Header(tags);
                var named = header.Split(',');

                Assert.True(header.Length <= CacheTags.MaxLength, $"{header.Length}");
                Assert.Contains(CacheTags.All, named);
                Assert.Equal(named.Length, named.Distinct().Count());
                Assert.All(
                    tags,
                    tag => Assert.True(named.Contains(tag) || named.Contains(CacheTags.KindOf(tag)), tag)
                );
                // Nothing is told that is not so, and nothing coarsely that there is room for.
                Assert.All(
                    named,
                    name =>
                        Assert.True(
                            name == CacheTags.All || tags.Any(t => t == name || CacheTags.KindOf(t) == name),
                            name
                        )
                );
                var exact = string.Join(',', tags.Append(CacheTags.All).Distinct());
                if (exact.Length <= CacheTags.MaxLength)
                    Assert.Equal(exact, header);
            });

    [Fact]
    public void Last_modified_never_hides_a_change_of_the_same_second() =>
        Gen.Select(Gen.Long[0, 10_000_000L * 86_400], Gen.Long[0, 50_000_000])
            .Sample(
                (at, age) =>
                {
                    var changed = DateTimeOffset.UnixEpoch.AddTicks(at);
                    var now = changed.AddTicks(age);
                    var said = Conditional.LastModified(changed, now);
                    Assert.Equal(0, said.Ticks % TimeSpan.TicksPerSecond);
                    Assert.True(said <= now);
                    // A young change is dated before it, so that another within its second is later than what was said;
                    // an old one at the full second after it, so that a date from before it is never as late.
                    if (age < TimeSpan.TicksPerSecond * 2)
                        Assert.True(said < changed.AddSeconds(-1));
                    else
                        Assert.True(said >= changed && said < changed.AddSeconds(1));
                }
            );

    [Theory]
    [InlineData("2026-10-01T08:00:00Z", "2026-10-01T08:00:00Z")]
    [InlineData("2026-10-01t08:00:00z", "2026-10-01T08:00:00Z")]
    [InlineData("2026-10-01 08:00:00+02:00", "2026-10-01T06:00:00Z")]
    [InlineData("2026-10-01T08:00:00.1234567-00:30", "2026-10-01T08:30:00.123456Z")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z")]
    [InlineData("2026-02-29T08:00:00Z", null)]
    [InlineData("2026-10-01T08:00Z", null)]
    [InlineData("2026-10-01T08:00:00", null)]
    [InlineData("01/10/2026T08:00:00Z", null)]
    [InlineData("01/10/2026 08:00:00Z", null)]
    [InlineData("2026-10-01T08:00:00 +0200", null)]
    [InlineData("2026-10-01T25:00:00Z", null)]
    [InlineData("0001-01-01T00:00:00+12:00", null)]
    [InlineData("２０２６-10-01T08:00:00Z", null)]
    [InlineData("2026-10-01T08:00:00Z\n", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_time_is_a_date_a_time_and_an_offset(string? text, string? instant) =>
        Assert.Equal(instant, Json.TryInstant(text, out var value) ? Json.Instant(value) : null);

    [Fact]
    public void A_time_that_was_written_is_read_again() =>
        Gen.Long[DateTime.UnixEpoch.Ticks / 10, DateTime.UnixEpoch.AddYears(900).Ticks / 10]
            .Sample(micros =>
            {
                var time = new DateTimeOffset(micros * 10, TimeSpan.Zero);
                Assert.True(Json.TryInstant(Json.Instant(time), out var read));
                Assert.Equal(time, read);
            });

    [Fact]
    public void A_time_is_as_long_as_it_must_be() =>
        Gen.Select(
                Gen.Long[DateTime.UnixEpoch.Ticks, DateTime.UnixEpoch.AddYears(900).Ticks],
                Gen.Int[0, 7],
                Gen.Int[-840, 840]
            )
            .Sample(
                (ticks, zeros, offset) =>
                {
                    var round = (long)Math.Pow(10, zeros);
                    var time = new DateTimeOffset(ticks / round * round, TimeSpan.Zero).ToOffset(
                        TimeSpan.FromMinutes(offset)
                    );
                    var expected = time.UtcDateTime.ToString(
                        "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'",
                        CultureInfo.InvariantCulture
                    );
                    Assert.Equal(expected, Json.Instant(time));
                    Assert.Equal($"\"{expected}\"", Json.WriteText(time));
                }
            );

    [Theory]
    [InlineData("Headline", "/headline")]
    [InlineData("HeroImage.Alt", "/heroImage/alt")]
    [InlineData("Authors[2]", "/authors/2")]
    [InlineData("Corrections[10].Text", "/corrections/10/text")]
    [InlineData("Seo.CanonicalUrl", "/seo/canonicalUrl")]
    [InlineData("", "")]
    public void A_property_is_pointed_at_as_it_travels(string property, string pointed) =>
        Assert.Equal(pointed, Rules.PointerOf(property));

    [Fact]
    public void The_kind_that_takes_most_room_gives_way_first()
    {
        string[] few = ["articles", "article:1", "section:1", "article:1", "articles"];
        Assert.Equal("articles,article:1,section:1,all", CacheTags.Header(few));

        var many = few.Concat(Enumerable.Range(1, 30).Select(n => $"image:{new string('0', 30)}{n}"));
        Assert.Equal("articles,article:1,section:1,images,all", CacheTags.Header(many));
        var more = many.Concat(Enumerable.Range(1, 40).Select(n => $"tag:{new string('0', 30)}{n}"));
        Assert.Equal("articles,article:1,section:1,images,tags,all", CacheTags.Header(more));
    }

    /// <summary>
    /// Apps keep cursors; another version of the server must read them. This one was made by hand, by the rules.
    /// </summary>
    [Fact]
    public void A_cursor_is_text_as_it_is_behind_half_an_HMAC()
    {
        const string made =
            "XjXgguP7R8VpzcQC7Jk92FsiRGVyIMOcYmVyZmFsbCAmIFwibWVoclwiIiwiMDAwMDAwMDAtMDAwMC03MDAwLTgwMDA"
            + "tMDAwMDAwMDAwMDAxIix0cnVlXQ";
        var cursors = new Cursors();
        cursors.UseKey("one");
        var position = new Position
        {
            Key = "Der Überfall & \"mehr\"",
            Id = Guid.Parse("00000000-0000-7000-8000-000000000001"),
            Backwards = true,
        };

        Assert.Equal(position, cursors.Read("list|a", made));
        Assert.Equal(made, cursors.Write("list|a", position));
    }

    [Fact]
    public void A_cursor_is_read_only_as_it_was_written()
    {
        var (here, elsewhere) = (new Cursors(), new Cursors());
        here.UseKey("one");
        elsewhere.UseKey("two");
        Gen.Select(Gen.String, Gen.Guid, Gen.Bool, Gen.Int[0, 10_000], Gen.Int[1, 63])
            .Sample(
                (key, id, backwards, at, by) =>
                {
                    key = string.Concat(key.Where(c => !char.IsSurrogate(c)));
                    var position = new Position
                    {
                        Key = key,
                        Id = id,
                        Backwards = backwards,
                    };
                    var cursor = here.Write("list|a", position);
                    Assert.Equal(position, here.Read("list|a", cursor));

                    Assert.Throws<Refused>(() => here.Read("list|b", cursor));
                    Assert.Throws<Refused>(() => elsewhere.Read("list|a", cursor));
                    Assert.Throws<Refused>(() => here.Read("list|a", cursor[..^1]));
                    // Any digit but the last, whose unused bits say nothing, changed to any other.
                    const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                    at %= cursor.Length - 1;
                    var other = digits[(digits.IndexOf(cursor[at], StringComparison.Ordinal) + by) % 64];
                    Assert.Throws<Refused>(() =>
                        here.Read("list|a", cursor[..at] + other + cursor[(at + 1)..])
                    );
                },
                iter: 500
            );
        Gen.String.Sample(made => Assert.Throws<Refused>(() => here.Read("list|a", made)), iter: 500);
    }

    private sealed record Inner
    {
        public required string Text { get; init; }
        public int Number { get; init; }
    }

    private sealed record Outer
    {
        public required string Name { get; init; }
        public string? Note { get; init; }
        public Inner? Inner { get; init; }
        public IReadOnlyList<Inner> List { get; init; } = [];
        public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "")]
    [InlineData("""{"name":"x","note":null,"inner":null}""", "")]
    [InlineData("{}", "/name missing")]
    [InlineData("""{"name":null}""", "/name wrong-type")]
    [InlineData("""{"Name":"x","name":"x"}""", "/Name unknown-member")]
    [InlineData("""{"name":"x","name":"y"}""", "/name duplicate-member")]
    [InlineData("""{"name":"x","inner":{}}""", "/inner/text missing")]
    [InlineData(
        """{"name":"x","inner":{"text":"y","number":"1","z":1}}""",
        "/inner/number wrong-type, /inner/z unknown-member"
    )]
    [InlineData(
        """{"name":"x","list":[{"text":1},null,{"text":"\ud800"}]}""",
        "/list/0/text wrong-type, /list/1 wrong-type, /list/2/text invalid-character"
    )]
    [InlineData("""{"name":"x","map":{"a~/b":1,"c":null}}""", "/map/a~0~1b wrong-type, /map/c wrong-type")]
    [InlineData("""{"name":"x","map":{"\udc00":"1"}}""", "/map invalid-character")]
    [InlineData("[]", " wrong-type")]
    [InlineData("null", " wrong-type")]
    public void All_that_does_not_fit_a_type_is_found_at_once(string json, string expected)
    {
        var faults = new Faults();
        using var document = JsonDocument.Parse(json);
        var value = JsonShape.Read(document.RootElement, typeof(Outer), faults);
        Assert.Equal(expected, string.Join(", ", faults.Select(f => $"{f.Pointer} {f.Code}")));
        if (expected.Length == 0)
            Assert.IsType<Outer>(value);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"name":null}""", "")]
    [InlineData("""{"inner":{"number":2}}""", "")]
    [InlineData("""{"inner":{"text":null}}""", "")]
    [InlineData("""{"map":{"a":null}}""", "")]
    [InlineData("""{"list":[{"number":2}]}""", "/list/0/text missing")]
    [InlineData("""{"inner":{"number":2,"x":1}}""", "/inner/x unknown-member")]
    public void A_patch_may_leave_out_and_take_away_but_not_name_what_is_not_there(
        string json,
        string expected
    )
    {
        var faults = new Faults();
        using var document = JsonDocument.Parse(json);
        JsonShape.CheckPatch(document.RootElement, typeof(Outer), faults);
        Assert.Equal(expected, string.Join(", ", faults.Select(f => $"{f.Pointer} {f.Code}")));
    }
}
