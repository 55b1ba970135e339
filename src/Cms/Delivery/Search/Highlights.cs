using System.Buffers;
using System.Text;
using Cms.Access;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>Marks the words of a search in the articles that it found.</summary>
internal static class Highlights
{
    /// <summary>What is marked must be near the beginning, for a body may be as long as a book.</summary>
    private const int LongestText = 40_000;

    // Of the private use area: they mean nothing to anyone else, and are taken from the texts before.
    private const char Start = '\uE000';
    private const char Stop = '\uE001';

    // PostgreSQL would take what it opens for a tag, and leave it out.
    private const char Less = '\uE002';

    private static readonly SearchValues<char> Special = SearchValues.Create([Start, Stop, Less, '<']);

    public static async Task<IReadOnlyList<Highlight>> FindAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<ArticleRow> rows,
        string words,
        Caller? caller,
        CancellationToken ct
    )
    {
        if (rows.Count == 0)
            return [];
        var stems = SearchWords.Stems(words);
        // Any of them: all may not stand in one passage, and they are marked one by one.
        var any = SearchWords.AnyOf(stems);
        var bodies = rows.Select(r => OpenBody(r, caller)).ToArray();
        var passages = bodies.Select(b => Passage.Find(Pieces(b), stems, LongestText)).ToArray();
        var marked = (
            await transaction.ListAsync<MarkedRow>(
                SelectMarked,
                new
                {
                    Words = any,
                    Headlines = rows.Select(r => Unmarked(r.Headline)).ToArray(),
                    Decks = rows.Select(r => Unmarked(r.Deck ?? "")).ToArray(),
                    Bodies = passages.Select(p => p.Text).ToArray(),
                },
                ct
            )
        ).ToArray();
        // Words that do not begin as their stems do; but most of these were found by a name, and have nothing to mark.
        var unmarked = Enumerable
            .Range(0, rows.Count)
            .Where(i => passages[i].IsPart && !IsMarked(marked[i].Body) && !IsMarked(marked[i].Deck))
            .ToArray();
        var inBody =
            unmarked.Length == 0
                ? []
                : await transaction.ListAsync<Guid>(
                    SelectInBody,
                    new { Ids = unmarked.Select(i => rows[i].Id).ToArray(), Words = any },
                    ct
                );
        var others = unmarked.Where(i => inBody.Contains(rows[i].Id)).ToArray();
        if (others.Length > 0)
        {
            var whole = await transaction.ListAsync<string>(
                SelectMarkedBodies,
                new { Words = any, Bodies = others.Select(i => Text(bodies[i])).ToArray() },
                ct
            );
            foreach (var (i, body) in others.Zip(whole))
                marked[i] = marked[i] with { Body = body };
        }
        return
        [
            .. rows.Zip(
                marked,
                (row, texts) =>
                    new Highlight
                    {
                        Headline = Show(texts.Headline),
                        Snippet = Show(
                            Array.Find([texts.Body, texts.Deck], IsMarked) ?? Unmarked(row.Excerpt)
                        ),
                    }
            ),
        ];
    }

    private static bool IsMarked(string text) => text.Contains(Start, StringComparison.Ordinal);

    /// <summary>The body as far as the reader may read it.</summary>
    private static Body OpenBody(ArticleRow row, Caller? caller)
    {
        var body = Body.Parse(row.Body!);
        var access = Enum.Parse<ArticleAccess>(row.Access, ignoreCase: true);
        return Wall.MayReadOn(access, row.SectionPath!, caller) ? body : body.Teaser().Body;
    }

    private static IEnumerable<string> Pieces(Body body) => BodyText.Blocks(body).Select(Unmarked);

    /// <summary>Its beginning. Half a character cannot be sent to the database.</summary>
    private static string Text(Body body)
    {
        var text = new StringBuilder();
        foreach (var piece in Pieces(body))
        {
            if (text.Length >= LongestText)
                break;
            if (text.Length > 0)
                text.Append("\n\n");
            text.Append(piece);
        }
        if (text.Length > LongestText)
            text.Length = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text.ToString();
    }

    private static string Unmarked(string text)
    {
        if (!text.AsSpan().ContainsAny(Special))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c is not (Start or Stop or Less))
                plain.Append(c == '<' ? Less : c);
        return plain.ToString();
    }

    private static string Show(string text)
    {
        var html = new StringBuilder();
        Plain.Escape(html, Plain.Line(text.Replace(Less, '<')), attribute: true);
        return html.Replace($"{Start}", "<mark>").Replace($"{Stop}", "</mark>").ToString();
    }

    private static readonly string MarkBody =
        $"ts_headline(cut, body, words, 'MaxFragments=2,MaxWords=24,MinWords=10,ShortWord=2,FragmentDelimiter=\" … \",StartSel=\"{Start}\",StopSel=\"{Stop}\"')";

    private static readonly string SelectMarkedBodies = $"""
        select {MarkBody} from unnest(@Bodies) with ordinality t(body, n), (select search_configuration() cut, @Words::tsquery words) q
        order by n
        """;

    private const string SelectInBody = """
        select article_id from published_article_words
        where article_id = any(@Ids) and ts_filter(words, '{d}') @@ @Words::tsquery
        """;

    private static readonly string SelectMarked = $"""
        select ts_headline(cut, headline, words, 'HighlightAll=true,StartSel="{Start}",StopSel="{Stop}"') headline,
               ts_headline(cut, deck, words, 'HighlightAll=true,StartSel="{Start}",StopSel="{Stop}"') deck,
               {MarkBody} body
        from unnest(@Headlines, @Decks, @Bodies) with ordinality t(headline, deck, body, n),
            (select search_configuration() cut, @Words::tsquery words) q
        order by n
        """;

    private sealed record MarkedRow
    {
        public required string Headline { get; init; }
        public required string Deck { get; init; }
        public required string Body { get; init; }
    }
}
