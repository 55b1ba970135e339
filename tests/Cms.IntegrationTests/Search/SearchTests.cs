using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cms.Editorial.Upkeep;
using Cms.IntegrationTests.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Search;

/// <summary>Search: what is found, by whom, and in which order. Each test has words of its own.</summary>
public sealed class SearchTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_article_is_found_by_the_words_of_each_of_its_parts_and_by_its_names()
    {
        var (kicker, headline, deck, body, author, tag) = (Word(), Word(), Word(), Word(), Word(), Word());
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = author, ["name"] = $"Ada {author}" }
        );
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["kicker"] = kicker,
                ["headline"] = $"The {headline} story",
                ["deck"] = $"About a {deck}",
                ["body"] = new JsonObject { ["markdown"] = $"It said *{body}*.\n\nAnd more." },
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
            }
        );

        foreach (var word in new[] { kicker, headline, deck, body, author, tag })
            Assert.Equal([Id(article)], await FindAsync(word));
        Assert.Equal([Id(article)], await FindAsync($"{headline} {body} {author} {tag}"));
        Assert.Equal([Id(article)], await FindAsync($"\"ada {author}\" {deck}"));
        Assert.Empty(await FindAsync($"{headline} {Word()}"));
    }

    [Fact]
    public async Task What_is_not_published_is_not_found_and_what_no_longer_is_neither()
    {
        var word = Word();
        var draft = await cms.DraftAsync(new JsonObject { ["headline"] = word });
        Assert.Empty(await FindAsync(word));

        var live = await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{Id(draft)}/publish",
            expected: HttpStatusCode.OK
        );
        Assert.Equal([Id(draft)], await FindAsync(word));

        var (later, revision) = (Word(), (int)live["revision"]!);
        var changed = await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/articles/{Id(draft)}",
                new JsonObject { ["headline"] = later },
                $"\"{revision}\""
            )
        ).ReadAsync(HttpStatusCode.OK);
        Assert.Empty(await FindAsync(later));
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{Id(changed)}/publish",
            expected: HttpStatusCode.OK
        );
        Assert.Equal([Id(draft)], await FindAsync(later));
        Assert.Empty(await FindAsync(word));

        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{Id(draft)}/unpublish",
            expected: HttpStatusCode.OK
        );
        Assert.Empty(await FindAsync(later));
    }

    [Fact]
    public async Task A_renamed_author_is_found_by_the_new_name_at_once_and_by_the_old_no_more()
    {
        var (slug, before, after) = (Names.Unique("author"), Word(), Word());
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = slug, ["name"] = before }
        );
        var article = await cms.PublishedAsync(new JsonObject { ["authors"] = new JsonArray(slug) });
        Assert.Equal([Id(article)], await FindAsync(before));

        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/authors/{slug}",
                new JsonObject { ["name"] = after },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        Assert.Equal([Id(article)], await FindAsync(after));
        Assert.Empty(await FindAsync(before));
    }

    [Fact]
    public async Task Behind_the_wall_a_word_is_found_but_not_shown_unless_to_those_who_may_read_it()
    {
        var word = Word();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["access"] = "subscriber",
                ["body"] = new JsonObject { ["markdown"] = $"One.\n\nTwo.\n\nThe {word} hides here." },
            }
        );

        var anonymous = await cms.Anonymous.GetJsonAsync($"/v1/search?q={word}");
        var reader = await cms.Reader.AskAsync("GET", $"/v1/search?q={word}");

        var hit = Assert.Single(anonymous["data"]!.AsArray())!;
        Assert.Equal(Id(article), (string?)hit["id"]);
        Assert.DoesNotContain(word, hit.ToJsonString(), StringComparison.Ordinal);
        var whole = (await reader.ReadAsync(HttpStatusCode.OK))["data"]![0]!;
        Assert.Contains($"<mark>{word}</mark> hides", Snippet(whole), StringComparison.Ordinal);
        Assert.Contains("private", reader.Field("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_marked_is_safe_to_show()
    {
        var word = Word();
        await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = $"<b>{word}</b> & \"co\"\uE000 <script>",
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "code",
                            ["code"] = $"{word} <img onerror=x> \uE000\uE001tail",
                        }
                    ),
                },
            }
        );

        var highlight = (await cms.Anonymous.GetJsonAsync($"/v1/search?q={word}"))["data"]![0]!["highlight"]!;

        Assert.Equal(
            $"&lt;b&gt;<mark>{word}</mark>&lt;/b&gt; &amp; &quot;co&quot;\uE000 &lt;script&gt;",
            (string?)highlight["headline"]
        );
        Assert.Equal(
            $"<mark>{word}</mark> &lt;img onerror=x&gt; \uE000\uE001tail",
            ((string)highlight["snippet"]!).Trim()
        );
    }

    [Fact]
    public async Task Phrases_exclusions_and_alternatives_mean_what_they_say()
    {
        var (a, b, c) = (Word(), Word(), Word());
        var inOrder = await ArticleAsync($"{a} {b}");
        var turned = await ArticleAsync($"{b} {a}");
        var alone = await ArticleAsync($"{c}");

        Assert.Equal([inOrder], await FindAsync($"\"{a} {b}\""));
        Assert.Equal(Sorted(inOrder, turned), Sorted(await FindAsync($"{a} {b}")));
        Assert.Equal([turned], await FindAsync($"{a} -\"{a} {b}\""));
        Assert.Empty(await FindAsync($"{a} -{b}"));
        Assert.Equal(Sorted(inOrder, turned, alone), Sorted(await FindAsync($"{a} {b} or {c}")));
        Assert.Equal(Sorted(inOrder, alone), Sorted(await FindAsync($"\"{a} {b}\" or {c}")));
        Assert.Empty(await FindAsync($"-{a}"));
    }

    [Fact]
    public async Task A_word_that_says_nothing_is_not_asked_for_though_it_is_part_of_somebodys_name()
    {
        var (author, word) = (Word(), Word());
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = author, ["name"] = $"Will {author}" }
        );
        var theirs = await cms.PublishedAsync(new JsonObject { ["authors"] = new JsonArray(author) });
        var others = await cms.PublishedAsync(new JsonObject { ["headline"] = $"Will the {word} rise?" });

        Assert.Equal([Id(others)], await FindAsync($"will the {word} rise"));
        Assert.Equal([Id(theirs)], await FindAsync($"will {author}"));
        Assert.Equal([Id(theirs)], await FindAsync($"\"will {author}\""));
        Assert.Contains(Id(theirs), await FindAsync("will", "&limit=100"));
    }

    [Fact]
    public async Task What_is_published_between_two_pages_neither_comes_among_them_nor_pushes_another_out()
    {
        var word = Word();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add(Id(await cms.PublishedAsync(new JsonObject { ["headline"] = $"{word} {i}" })));
        var first = await SearchAsync(word, "&limit=2");
        // It has the word in its body only, and would come last.
        await cms.PublishedAsync(new JsonObject { ["body"] = new JsonObject { ["markdown"] = word } });
        var second = await SearchAsync(word, $"&limit=2&cursor={first["page"]!["next"]}");

        Assert.Equal(Sorted(ids), Sorted(Ids(first), Ids(second)));
        Assert.Null(second["page"]!["next"]);
    }

    [Theory]
    [InlineData("relevance")]
    [InlineData("-publishedAt")]
    public async Task Where_nothing_was_published_nothing_is_found(string sort)
    {
        var word = Word();
        await ArticleAsync(word);
        foreach (
            var dates in (string[])
                [
                    "publishedAfter=2999-01-01T00:00:00Z",
                    "publishedBefore=1990-01-01T00:00:00Z",
                    "publishedAfter=2999-01-01T00:00:00Z&publishedBefore=1990-01-01T00:00:00Z",
                ]
        )
        {
            var page = await SearchAsync(word, $"&sort={sort}&{dates}");
            Assert.Empty(Ids(page));
            Assert.Equal(0, (int)page["total"]!["count"]!);
        }
        Assert.Single(Ids(await SearchAsync(word, $"&sort={sort}&publishedAfter=1990-01-01T00:00:00Z")));
    }

    [Fact]
    public async Task Endings_accents_and_hyphens_do_not_matter()
    {
        var word = Word();
        var article = await ArticleAsync($"Éléphant-{word} buildings of {word}é");

        Assert.Equal([article], await FindAsync($"elephants {word}"));
        Assert.Equal([article], await FindAsync($"BUILDING {word}e"));
        Assert.Equal([article], await FindAsync($"elephant-{word}"));
    }

    [Fact]
    public async Task Quotation_marks_and_dashes_part_words()
    {
        var (a, b) = (Word(), Word());
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = $"“{a}”",
                ["body"] = new JsonObject { ["markdown"] = $"It’s—{b}’s." },
            }
        );
        Assert.Equal([Id(article)], await FindAsync($"{a} {b}"));
    }

    [Fact]
    public async Task A_word_that_is_being_typed_finds_what_begins_so_once_its_vocabulary_is_learnt()
    {
        var word = Word();
        var article = await ArticleAsync($"{word}ending");

        await Wait.UntilAsync(
            "the word in the vocabulary",
            async () => (await FindAsync(word, "&as-you-type=true")).SequenceEqual([article])
        );
        Assert.Empty(await FindAsync(word));
        Assert.Empty(await FindAsync(word + "%20", "&as-you-type=true"));
        var author = Word();
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = author, ["name"] = author }
        );
        var theirs = await cms.PublishedAsync(new JsonObject { ["authors"] = new JsonArray(author) });
        Assert.Equal([Id(theirs)], await FindAsync(author[..^1], "&as-you-type=true"));
    }

    [Fact]
    public async Task A_new_word_is_known_at_once_and_counted_for_many_articles_together()
    {
        var word = Word();
        for (var i = 0; i < 3; i++)
            await ArticleAsync(word);
        await Wait.UntilAsync("the word in the vocabulary", async () => await CountedAsync() is not null);

        // The server may be at it just now; then it does it.
        var postgres = cms.Services.GetRequiredService<NpgsqlDataSource>();
        await Wait.UntilAsync(
            "the word counted",
            async () =>
            {
                await SearchVocabulary.CountAsync(postgres, Ct);
                return await CountedAsync() > 0;
            }
        );
        await SearchVocabulary.CountAsync(postgres, Ct);
        Assert.Equal(3, await CountedAsync());

        Task<long?> CountedAsync() =>
            cms.ScalarAsync<long?>("select articles from search_vocabulary where word = @word", new { word });
    }

    [Fact]
    public async Task Accents_do_not_matter_in_words_that_are_being_typed_or_mistyped_either()
    {
        var word = Word();
        var article = await ArticleAsync($"{word}Éléphant {word}йгора");

        await Wait.UntilAsync(
            "the words in the vocabulary",
            async () => (await FindAsync($"{word}elep", "&as-you-type=true")).SequenceEqual([article])
        );
        await IsTypedAsync($"{word}Élép", article);
        await IsTypedAsync($"{word}й", article);
        Assert.Equal($"{word}elephant", (string?)(await SearchAsync($"{word}élépahnt"))["didYouMean"]);
        Assert.Null((string?)(await SearchAsync($"{word}éléphant"))["didYouMean"]);
        var author = Word();
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = author, ["name"] = $"{author}éva" }
        );
        var theirs = await cms.PublishedAsync(new JsonObject { ["authors"] = new JsonArray(author) });
        await IsTypedAsync($"{author}é", Id(theirs));

        // Not by way of what else may have been meant.
        async Task IsTypedAsync(string typed, string expected)
        {
            var found = await SearchAsync(typed, "&as-you-type=true");
            Assert.Equal([expected], Ids(found));
            Assert.Null((string?)found["didYouMean"]);
        }
    }

    [Fact]
    public async Task What_stands_far_down_is_shown_and_marked()
    {
        var (first, second) = (Word(), Word());
        var filler = string.Concat(Enumerable.Repeat("Nothing to see here. ", 300));
        await cms.PublishedAsync(
            new JsonObject
            {
                ["body"] = new JsonObject
                {
                    ["markdown"] =
                        $"{first}s alone.\n\n{filler}\n\nThe {first} and its {second}s.\n\n{filler}",
                },
            }
        );

        var hit = (await SearchAsync($"{first} {second}"))["data"]![0]!;

        Assert.Contains(
            $"The <mark>{first}</mark> and its <mark>{second}s</mark>",
            Snippet(hit),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Words_that_stand_far_apart_are_marked_though_no_passage_holds_them_all()
    {
        var (first, second) = (Word(), Word());
        var filler = string.Concat(Enumerable.Repeat("Nothing to see here. ", 300));
        await cms.PublishedAsync(
            new JsonObject
            {
                ["deck"] = $"Only {second}.",
                ["body"] = new JsonObject
                {
                    ["markdown"] = $"{filler}\n\nHere is {first}.\n\n{filler}\n\nThere is {second}.",
                },
            }
        );

        var hit = (await SearchAsync($"{first} {second}"))["data"]![0]!;

        Assert.Contains($"Here is <mark>{first}</mark>", Snippet(hit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_word_is_put_right_and_the_answer_says_so_on_every_page()
    {
        var word = Word() + "overland";
        var first = await ArticleAsync(word);
        var second = await ArticleAsync(word);
        var slip = word[..^2] + word[^1] + word[^2];

        await Wait.UntilAsync(
            "the word in the vocabulary",
            async () => (string?)(await SearchAsync(slip))["didYouMean"] == word
        );
        var found = await SearchAsync($"{slip} -{Word()}", "&limit=1");
        Assert.Contains(word, (string?)found["didYouMean"], StringComparison.Ordinal);
        var next = await SearchAsync(
            $"{slip} -{Word()}",
            $"&limit=1&cursor={found["page"]!["next"]}",
            HttpStatusCode.BadRequest
        );
        Assert.Equal("invalid-cursor", (string?)next["code"]);
        var one = await SearchAsync(slip, "&limit=1");
        var two = await SearchAsync(slip, $"&limit=1&cursor={one["page"]!["next"]}");
        Assert.Equal(Sorted(first, second), Sorted(Ids(one), Ids(two)));
        Assert.Equal(word, (string?)two["didYouMean"]);

        // Its cursors hold what was meant: of a text that is too long for that nothing is guessed.
        var many = string.Join(' ', Enumerable.Repeat(slip, 9));
        var guessed = await SearchAsync(many, "&limit=1");
        Assert.Equal(many.Replace(slip, word, StringComparison.Ordinal), (string?)guessed["didYouMean"]);
        await SearchAsync(many, $"&limit=1&cursor={guessed["page"]!["next"]}");
        var unguessed = await SearchAsync($"{many} {slip}");
        Assert.True(unguessed["didYouMean"] is null && unguessed["data"]!.AsArray().Count == 0);

        // What was withdrawn is not offered, though its words are known.
        foreach (var id in new[] { first, second })
            await cms.Editor.PostAsync($"/v1/editorial/articles/{id}/unpublish", expected: HttpStatusCode.OK);
        Assert.Null((string?)(await SearchAsync(slip))["didYouMean"]);
        // Nor beside a word that finds something by itself, and was mistyped as well.
        var other = Word() + "understudy";
        await ArticleAsync(other);
        var otherSlip = other[..^2] + other[^1] + other[^2];
        await Wait.UntilAsync(
            "the other word in the vocabulary",
            async () => (string?)(await SearchAsync(otherSlip))["didYouMean"] == other
        );
        Assert.Null((string?)(await SearchAsync($"{slip} or {otherSlip}"))["didYouMean"]);
    }

    [Fact]
    public async Task A_very_long_text_is_found_also_if_a_character_stands_where_it_is_cut_for_marking()
    {
        var word = Word();
        // Of two UTF-16 units each: one begins at an even place, one at an odd one.
        var ids = new List<string>();
        foreach (var indent in new[] { "", "x" })
            ids.Add(
                Id(
                    await cms.PublishedAsync(
                        new JsonObject
                        {
                            ["headline"] = word,
                            ["body"] = new JsonObject
                            {
                                ["markdown"] = indent + string.Concat(Enumerable.Repeat("😀", 21_000)),
                            },
                        }
                    )
                )
            );

        Assert.Equal(Sorted([.. ids]), Sorted(await FindAsync(word)));
    }

    [Fact]
    public async Task Each_filter_narrows_and_all_of_them_together()
    {
        var (word, tag) = (Word(), Word());
        var parent = await cms.SectionAsync();
        var child = await cms.SectionAsync(parent);
        var author = await cms.AuthorAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = word,
                ["section"] = child,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["access"] = "registered",
                ["publishedAt"] = "2020-03-04T05:06:07Z",
            }
        );
        await ArticleAsync(word);

        string[] filters =
        [
            $"section={parent}",
            $"section={child}",
            $"author={author}",
            $"tag={tag}",
            "access=registered,subscriber",
            "publishedBefore=2020-03-04T05:06:08Z",
        ];
        Assert.Equal(2, (await FindAsync(word)).Count);
        foreach (var filter in filters)
            Assert.Equal([Id(article)], await FindAsync(word, "&" + filter));
        Assert.Equal([Id(article)], await FindAsync(word, "&" + string.Join('&', filters.Skip(1))));
        Assert.Empty(await FindAsync(word, $"&section={parent}&publishedAfter=2020-03-04T05:06:07Z"));
        Assert.Empty(await FindAsync(word, "&tag=no-such"));
    }

    [Fact]
    public async Task Facets_count_what_was_found()
    {
        var (word, tag) = (Word(), Word());
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        foreach (var at in new[] { "2019-12-31T23:59:59Z", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z" })
            await cms.PublishedAsync(
                new JsonObject
                {
                    ["headline"] = word,
                    ["section"] = section,
                    ["authors"] = new JsonArray(author),
                    ["tags"] = new JsonArray(tag),
                    ["publishedAt"] = at,
                }
            );
        await ArticleAsync(word);

        foreach (var sort in new[] { "relevance", "-publishedAt" })
        {
            var found = await SearchAsync(word, $"&facets=section,tag,month&limit=2&sort={sort}");
            var facets = found["facets"]!;
            Assert.Equal(4, (int?)found["total"]!["count"]);
            Assert.True((bool?)found["total"]!["isExact"]);
            Assert.Equal(section, (string?)facets["section"]![0]!["slug"]);
            Assert.Equal(3, (int?)facets["section"]![0]!["count"]);
            Assert.Equal(3, (int?)Assert.Single(facets["tag"]!.AsArray())!["count"]);
            Assert.Null(facets["author"]);
            Assert.Equal(
                [("2020-01", 2), ("2019-12", 1)],
                facets["month"]!.AsArray().Skip(1).Select(m => ((string)m!["month"]!, (int)m["count"]!))
            );
            var next = await SearchAsync(
                word,
                $"&facets=section,tag,month&limit=2&sort={sort}&cursor={found["page"]!["next"]}"
            );
            Assert.Null(next["facets"]);
            Assert.Null(next["total"]);
        }
    }

    [Theory]
    [InlineData("relevance")]
    [InlineData("-publishedAt")]
    public async Task Pages_forwards_and_backwards_hold_everything_once(string sort)
    {
        var word = Word();
        for (var i = 0; i < 17; i++)
            await cms.PublishedAsync(
                new JsonObject
                {
                    ["headline"] = i % 3 == 0 ? word : $"{word} and {i} others",
                    ["publishedAt"] = string.Create(
                        CultureInfo.InvariantCulture,
                        $"2021-0{1 + (i % 9)}-01T00:00:00Z"
                    ),
                }
            );

        var whole = Ids(await SearchAsync(word, $"&sort={sort}&limit=100"));
        var pages = new List<JsonObject> { await SearchAsync(word, $"&sort={sort}&limit=5") };
        while ((string?)pages[^1]["page"]!["next"] is { } next)
            pages.Add(await SearchAsync(word, $"&sort={sort}&limit=5&cursor={next}"));

        Assert.Equal(17, whole.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(whole, pages.SelectMany(Ids));
        for (var i = pages.Count - 1; i > 0; i--)
        {
            var back = await SearchAsync(
                word,
                $"&sort={sort}&limit=5&cursor={pages[i]["page"]!["previous"]}"
            );
            Assert.Equal(Ids(pages[i - 1]), Ids(back));
        }
        if (sort == "-publishedAt")
            Assert.Equal(
                whole,
                pages
                    .SelectMany(p => p["data"]!.AsArray())
                    .OrderByDescending(a => (string)a!["publishedAt"]!, StringComparer.Ordinal)
                    .ThenByDescending(a => (string)a!["id"]!, StringComparer.Ordinal)
                    .Select(a => (string)a!["id"]!)
            );
    }

    [Fact]
    public async Task The_headline_weighs_more_than_the_body_and_the_new_more_than_the_old()
    {
        var word = Word();
        var inBody = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = "Something else",
                ["body"] = new JsonObject { ["markdown"] = $"Much is said of {word} here." },
            }
        );
        var old = await cms.PublishedAsync(
            new JsonObject { ["headline"] = $"All of {word}", ["publishedAt"] = "2015-01-01T00:00:00Z" }
        );
        var fresh = await cms.PublishedAsync(new JsonObject { ["headline"] = $"All of {word}" });

        Assert.Equal([Id(fresh), Id(old), Id(inBody)], await FindAsync(word));
    }

    [Fact]
    public async Task Fields_are_cut_and_highlights_can_be_asked_for_alone()
    {
        var word = Word();
        await ArticleAsync(word);

        var found = await SearchAsync(word, "&fields=highlight.headline,section.name");

        Assert.Equal(
            ["highlight", "section"],
            found["data"]![0]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal($"<mark>{word}</mark>", (string?)found["data"]![0]!["highlight"]!["headline"]);
        Assert.NotNull(found["total"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%20")]
    [InlineData("the")]
    [InlineData("%22")]
    [InlineData("-")]
    [InlineData("or")]
    [InlineData("%26%7C!()%3A*%3C-%3E")]
    [InlineData("%27%3B%20drop%20table%20x%3B--")]
    [InlineData("a%20%3A*%20%26%20!b")]
    [InlineData("%5C%27%5C%5C")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("%D7%A9%D7%9C%D7%95%D7%9D")]
    [InlineData("%E2%80%AE%E2%80%8B")]
    [InlineData("x%27y%20%22x%27%20%26%20y%22%20-%27z")]
    [InlineData("http%3A%2F%2Fexample.com%2Fa%3Fb%3Dc%20foo%40example.com%20C%2B%2B%20.NET%20U.S.")]
    [InlineData("a%200192f3c2-0000-7000-8000-000000000000")]
    [InlineData("%25_%5C%25")]
    public async Task Whatever_is_looked_for_is_answered(string q)
    {
        foreach (
            var how in new[] { "", "&as-you-type=true", "&sort=-publishedAt&facets=section,author,tag,month" }
        )
            Assert.NotNull((await cms.Anonymous.GetJsonAsync($"/v1/search?q={q}{how}"))["data"]);
    }

    [Fact]
    public async Task A_very_long_text_is_answered_by_its_first_words()
    {
        var word = Word();
        var article = await ArticleAsync($"{word} {string.Join(' ', Enumerable.Repeat("again", 31))}");
        var padding = string.Join("%20", Enumerable.Repeat("again", 31));

        Assert.Equal([article], await FindAsync($"{word}%20{padding}%20{new string('z', 20_000)}"));
        Assert.Empty(await FindAsync(new string('y', 25_000)));
    }

    [Theory]
    [InlineData("", "q")]
    [InlineData("?q=a&query=b", "query")]
    [InlineData("?q=a&q=b", "q")]
    [InlineData("?q=a&asYouType=true", "asYouType")]
    [InlineData("?q=a&as-you-type=yes", "as-you-type")]
    [InlineData("?q=a&facets=section,words", "facets")]
    [InlineData("?q=a&sort=headline", "sort")]
    [InlineData("?q=a&limit=101", "limit")]
    [InlineData("?q=a&fields=body.words", "fields")]
    [InlineData("?q=%00", "q")]
    [InlineData("?q=a&count=exact", "count")]
    public async Task What_is_asked_wrongly_is_refused_by_its_name(string query, string parameter)
    {
        var problem = await cms.Anonymous.GetJsonAsync("/v1/search" + query, HttpStatusCode.BadRequest);

        Assert.Contains(problem["errors"]!.AsArray(), e => (string?)e!["parameter"] == parameter);
    }

    [Fact]
    public async Task A_cursor_is_of_its_search_only()
    {
        var word = Word();
        await ArticleAsync(word);
        await ArticleAsync(word);
        var next = (string)(await SearchAsync(word, "&limit=1"))["page"]!["next"]!;

        foreach (var other in new[] { $"q={word}x", $"q={word}&sort=-publishedAt", $"q={word}&tag=a" })
            Assert.Equal(
                "invalid-cursor",
                (string?)
                    (
                        await cms.Anonymous.GetJsonAsync(
                            $"/v1/search?{other}&cursor={next}",
                            HttpStatusCode.BadRequest
                        )
                    )["code"]
            );
    }

    [Fact]
    public async Task An_article_of_more_words_than_the_index_can_hold_is_published_and_found()
    {
        var word = Word();
        var words = Enumerable.Range(0, 110_000).Select(i => $"q{i:x}").Chunk(10_000);

        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = word,
                ["body"] = new JsonObject
                {
                    ["markdown"] = string.Join("\n\n", words.Select(w => string.Join(' ', w))),
                },
            }
        );

        Assert.Equal([Id(article)], await FindAsync($"{word}%20q1"));
    }

    [Fact]
    public async Task An_answer_from_memory_is_no_older_than_the_last_publication()
    {
        var word = Word();
        Assert.Empty(await FindAsync(word));
        Assert.Empty(await FindAsync(word));

        var first = await ArticleAsync(word);

        Assert.Equal([first], await FindAsync(word));
    }

    private async Task<string> ArticleAsync(string headline) =>
        Id(await cms.PublishedAsync(new JsonObject { ["headline"] = headline }));

    private async Task<IReadOnlyList<string>> FindAsync(string q, string more = "") =>
        Ids(await SearchAsync(q, more));

    private Task<JsonObject> SearchAsync(
        string q,
        string more = "",
        HttpStatusCode expected = HttpStatusCode.OK
    ) =>
        cms.Anonymous.GetJsonAsync(
            $"/v1/search?q={(q.Contains('%', StringComparison.Ordinal) ? q : Uri.EscapeDataString(q))}{more}",
            expected
        );

    private static IReadOnlyList<string> Ids(JsonObject page) =>
        [.. page["data"]!.AsArray().Select(a => (string)a!["id"]!)];

    private static string[] Sorted(params IEnumerable<string>[] ids) =>
        [.. ids.SelectMany(i => i).Order(StringComparer.Ordinal)];

    private static string[] Sorted(params string[] ids) => Sorted((IEnumerable<string>)ids);

    private static string Id(JsonObject article) => (string)article["id"]!;

    private static string Snippet(JsonNode hit) => (string)hit["highlight"]!["snippet"]!;

    private static string Word() => Names.Word();
}
