using System.Text;
using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.PlainText;
using Npgsql;

namespace Cms.Delivery.Search.Words;

/// <summary>
/// Highlights the words of a search in the articles that it found, with the same analysis that found them.
/// </summary>
internal static class Highlights
{
    /// <summary>What is marked must be near the beginning, for a body may be as long as a book.</summary>
    private const int MaxTextLength = 40_000;

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
        var stems = Query.Stems(words);
        // Any of them: all may not stand in one passage, and they are marked one by one.
        var any = Query.Join(" | ", Query.Words(words)) ?? "";
        var bodies = rows.Select(r => OpenBody(r, caller)).ToArray();
        var passages = bodies
            .Select(b => Passage.Find(BodyText.Blocks(b).Select(Plain.Clean), stems, MaxTextLength))
            .ToArray();
        var headlines = rows.Select(r => new MarkedText(r.Headline)).ToArray();
        var decks = rows.Select(r => new MarkedText(r.Deck ?? "")).ToArray();
        var texts = passages.Select(p => new MarkedText(p.Text)).ToArray();
        await MarkAsync(transaction, [.. headlines, .. decks, .. texts], any, ct);
        // Words that do not begin as their stems do; but most of these were found by a name, and have nothing to mark.
        var unmarked = Enumerable
            .Range(0, rows.Count)
            .Where(i => passages[i].IsPart && !texts[i].IsMarked && !decks[i].IsMarked)
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
        foreach (var i in others)
            texts[i] = new(Text(bodies[i]));
        if (others.Length > 0)
            await MarkAsync(transaction, [.. others.Select(i => texts[i])], any, ct);
        return
        [
            .. rows.Select(
                (row, i) =>
                    new Highlight
                    {
                        Headline = headlines[i].Whole(),
                        Snippet =
                            texts[i].IsMarked ? texts[i].Places()
                            : decks[i].IsMarked ? decks[i].Whole()
                            : new MarkedText(row.Excerpt).Whole(),
                    }
            ),
        ];
    }

    /// <summary>Only PostgreSQL knows which words match in a language, so it is asked once for each of them.</summary>
    private static async Task MarkAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<MarkedText> texts,
        string query,
        CancellationToken ct
    )
    {
        if (query.Length == 0)
            return;
        var words = texts
            .SelectMany(t => t.Words)
            .Select(w => w.Text)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        var found = await transaction.ListAsync<string>(SelectFound, new { words, query }, ct);
        var known = found.ToHashSet(StringComparer.Ordinal);
        foreach (var text in texts)
            text.Mark(known);
    }

    /// <summary>The body as far as the reader may read it.</summary>
    private static Body OpenBody(ArticleRow row, Caller? caller)
    {
        var body = Body.Parse(row.Body!);
        return Wall.MayReadOn(row.Access, row.SectionPath!, caller) ? body : body.Teaser().Body;
    }

    /// <summary>Its beginning.</summary>
    private static string Text(Body body)
    {
        var text = new StringBuilder();
        foreach (var piece in BodyText.Blocks(body))
        {
            if (text.Length >= MaxTextLength)
                break;
            if (text.Length > 0)
                text.Append("\n\n");
            text.Append(Plain.Clean(piece));
        }
        if (text.Length > MaxTextLength)
            text.Length = char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength;
        return text.ToString();
    }

    private const string SelectInBody = """
        select article_id from published_article_words
        where article_id = any(@Ids) and ts_filter(words, '{c,d}') @@ @Words::tsquery
        """;

    private const string SelectFound = """
        select word from unnest(@words) word, (select search_configuration() cut, @query::tsquery query) q
        where to_tsvector(cut, word) @@ query
        """;
}
