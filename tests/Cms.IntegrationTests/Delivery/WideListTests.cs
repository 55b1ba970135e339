using System.Text.Json.Nodes;
using Cms.Delivery.Articles;
using Cms.IntegrationTests.Http;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Lists with combined filters that are all longer than the window, against plain SQL.</summary>
[Collection(nameof(WholeNewsroom))]
public sealed class WideListTests(CmsServer cms) : IAsyncLifetime
{
    private const int Articles = 9_000;
    private static readonly DateTimeOffset Start = new(1951, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly (string? After, string? Before) Both = (
        "1951-01-01T00:10:00Z",
        "1951-01-04T00:00:00Z"
    );
    private static readonly (string? After, string? Before) Since = (Both.After, null);
    private static readonly (string? After, string? Before) Until = (null, "1951-01-02T18:00:00Z");
    private static readonly (string? After, string? Before) Later = ("1951-01-02T13:05:00Z", null);
    private readonly string _marker = Names.Unique("wide");
    private string _section = "";
    private string _early = "";
    private string _late = "";
    private string _most = "";
    private string _author = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _section = await cms.SectionAsync();
        _author = await cms.AuthorAsync();
        (_early, _late, _most) = (Names.Unique("early"), Names.Unique("late"), Names.Unique("most"));
        foreach (var tag in new[] { _early, _late, _most })
            await cms.Editor.PostAsync(
                "/v1/editorial/tags",
                new JsonObject { ["slug"] = tag, ["name"] = tag }
            );
        await cms.ExecuteAsync(
            Insert,
            new
            {
                _marker,
                Articles,
                Start,
                Section = _section,
                Author = _author,
                Early = _early,
                Late = _late,
                Most = _most,
            }
        );
    }

    public async ValueTask DisposeAsync() =>
        await cms.ExecuteAsync("delete from published_articles where kicker = @_marker", new { _marker });

    [Fact]
    public async Task Filters_longer_than_the_window_give_what_plain_SQL_gives()
    {
        foreach (var tag in new[] { _early, _late, _most })
            Assert.InRange(
                await cms.ScalarAsync<long>(
                    "select count(*) from published_article_tags where tag_id = (select id from tags "
                        + "where slug = @tag)",
                    new { tag }
                ),
                ArticleList.Window + 1,
                Articles
            );
        using var reader = cms.Anonymous;
        foreach (var sort in new[] { "-publishedAt", "-updatedAt", "headline" })
        {
            // The first page is in the window; both filters meet everywhere.
            await CompareAsync(reader, sort, _most, _author, access: "public");
            // They meet in the middle only, far beyond the window: in vain, then in part, then sorted.
            await CompareAsync(reader, sort, _early, _author);
            // The statements for pages with bodies are longer, and say the same.
            await CompareAsync(reader, sort, _most, _author, bodies: true);
            await CompareAsync(reader, sort, _early, _author, bodies: true);
            await CompareAsync(reader, sort, $"{_early},{_most}", _author, access: "registered,subscriber");
            // The same with a date range that is itself longer than the window.
            await CompareAsync(reader, sort, _early, _author, Both);
            // Nothing at all.
            await CompareAsync(reader, sort, _late, _author, access: "subscriber");
        }
        // Dates against another sort key. The first window of headlines has none of these.
        await CompareAsync(reader, "headline", _most, author: null, Later);
        foreach (var dates in new[] { Both, Since, Until })
        {
            await CompareAsync(reader, "headline", _most, author: null, dates);
            foreach (var sort in new[] { "-updatedAt", "updatedAt", "-publishedAt", "publishedAt" })
            {
                await CompareAsync(reader, sort, tag: null, author: null, dates);
                await CompareAsync(reader, sort, _most, author: null, dates, access: "public,registered");
            }
        }
        // To the end and back, through both parts of a list by update, and pages that begin in either.
        foreach (var (sort, limit, most) in new[] { ("-updatedAt", 10, 9), ("updatedAt", 100, 1_000) })
        {
            await CompareAsync(reader, sort, tag: null, author: null, Both, null, false, limit, most);
            await CompareAsync(reader, sort, _most, _author, Both, null, true, limit, most);
        }
    }

    private async Task CompareAsync(
        HttpClient reader,
        string sort,
        string? tag,
        string? author,
        (string? After, string? Before) dates = default,
        string? access = null,
        // Without it only the dates keep what other tests publish out of the list.
        bool ofSection = true,
        int limit = 90,
        int mostPages = 3,
        bool bodies = false
    )
    {
        var url = $"/v1/articles?sort={sort}&limit={limit}&fields=id";
        url += bodies ? "&body=text" : "";
        url += ofSection ? $"&section={_section}" : "";
        url += tag is null ? "" : $"&tag={tag}";
        url += author is null ? "" : $"&author={author}";
        url += access is null ? "" : $"&access={access}";
        url += dates.After is null ? "" : $"&publishedAfter={dates.After}";
        url += dates.Before is null ? "" : $"&publishedBefore={dates.Before}";
        const string hasTag =
            "and exists (select from published_article_tags j join tags t on t.id = j.tag_id "
            + "where j.article_id = p.id and t.slug = any(@Tags))";
        const string hasAuthor =
            "and exists (select from published_article_authors j join authors a on a.id = j.author_id "
            + "where j.article_id = p.id and a.slug = @author)";
        var wanted = (
            await cms
                .Services.GetRequiredService<NpgsqlDataSource>()
                .ListAsync<Guid>(
                    $"""
                    select p.id from published_articles p
                    where p.kicker = @_marker
                      {(tag is null ? "" : hasTag)}
                      {(author is null ? "" : hasAuthor)}
                      {(access is null ? "" : "and access = any(@Access)")}
                      {(dates.After is null ? "" : $"and published_at > '{dates.After}'")}
                      {(dates.Before is null ? "" : $"and published_at < '{dates.Before}'")}
                    order by {sort switch
                    {
                        "-publishedAt" => "published_at desc, id desc",
                        "publishedAt" => "published_at, id",
                        "-updatedAt" => "updated_at desc, id desc",
                        "updatedAt" => "updated_at, id",
                        _ => "sort_headline, id",
                    }}
                    """,
                    new
                    {
                        _marker,
                        Tags = (tag ?? "").Split(','),
                        author,
                        Access = (access ?? "").Split(','),
                    },
                    Ct
                )
        ).Select(id => id.ToString()).ToList();

        // Some pages on, and all the way back.
        var page = await reader.GetJsonAsync(url + "&count=exact");
        Assert.Equal(wanted.Count, (int?)page["page"]!["total"]);
        var pages = new List<JsonObject> { page };
        while (pages.Count < mostPages && (string?)pages[^1]["page"]!["next"] is { } next)
            pages.Add(await reader.GetJsonAsync(Wire.With(url, "cursor", next)));
        Same(wanted.Take(limit * pages.Count), pages.SelectMany(p => p.Ids()), url);
        if (pages.Count < mostPages)
            Assert.Equal(wanted.Count, pages.Sum(p => p.Ids().Length));

        var back = new List<string>();
        while ((string?)pages[^1]["page"]!["previous"] is { } previous)
        {
            pages.Add(await reader.GetJsonAsync(Wire.With(url, "cursor", previous)));
            back.InsertRange(0, pages[^1].Ids());
        }
        Same(wanted.Take(back.Count), back, url + " backwards");
    }

    private static void Same(IEnumerable<string> wanted, IEnumerable<string> found, string url) =>
        Assert.True(wanted.SequenceEqual(found, StringComparer.Ordinal), url);

    // Early: the first 4,600 by date; the author wrote the last 4,500 (the two meet in 100), late: the last 4,400;
    // most: nine in ten. Two in seven were updated about thirty days after their publication: some before, and some
    // after, where a list by update parts into two.
    private const string Insert = """
        with terms as (
            select (select id from sections where slug = @Section) section, (select id from authors
                where slug = @Author) author,
                   (select id from tags where slug = @Early) early, (select id from tags where slug = @Late) late,
                   (select id from tags where slug = @Most) most),
        article as (
            insert into published_articles (
                id, slug, revision, content_hash, kicker, headline, excerpt, body, access, section_id,
                    section_path, author_ids, tag_ids,
                related_ids, corrections, word_count, reading_minutes, published_at, updated_at, sort_headline)
            select gen_random_uuid(), @_marker || '-' || n, 1, '\x00', @_marker, 'Z' || n, '', '{"blocks":[]}',
                   case when n % 3 = 0 then 'registered' else 'public' end, section, array[section],
                   case when n > 4500 then array[author] else '{}' end,
                   array_remove(array[case when n <= 4600 then early end, case when n > 4600 then late end, case
                       when n % 10 <> 0 then most end], null),
                   '{}', '[]', 0, 0, @Start::timestamptz + make_interval(mins => n / 2),
                   @Start::timestamptz + make_interval(mins => n / 2)
                       + case n % 7 when 0 then interval '30 days 2 hours' when 1 then interval '29 days 22 hours'
                           else make_interval(mins => n / 2) end,
                   'zz' || to_char(n, 'FM00000')
            from generate_series(1, @Articles) n, terms
            returning id, section_id, author_ids, tag_ids, published_at, updated_at, sort_headline),
        sections as (
            insert into published_article_sections (section_id, article_id, published_at, updated_at, sort_headline)
            select section_id, id, published_at, updated_at, sort_headline from article),
        authors as (
            insert into published_article_authors (author_id, article_id, published_at, updated_at, sort_headline)
            select unnest(author_ids), id, published_at, updated_at, sort_headline from article)
        insert into published_article_tags (tag_id, article_id, published_at, updated_at, sort_headline)
        select unnest(tag_ids), id, published_at, updated_at, sort_headline from article
        """;
}

/// <summary>Tests that look at, or write, so much of the newsroom that they take turns.</summary>
[CollectionDefinition(nameof(WholeNewsroom))]
public sealed class WholeNewsroom;
