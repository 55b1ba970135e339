using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Writes;

/// <summary>Whether what is done by hand leaves what the server leaves.</summary>
internal static class SameOutcome
{
    private const int Shown = 10;
    private const int LongestLine = 2_000;

    public static async Task RequireAsync(
        Office one,
        Office other,
        Manuscripts manuscripts,
        CancellationToken ct
    )
    {
        var first = manuscripts.Next();
        var second = manuscripts.Rewritten(first);
        string[] steps = ["created", "published", "changed", "published again", "unpublished"];
        var outcomes = await Task.WhenAll(
            ((Office[])[one, other]).Select(o => TryAsync(o, first, second, ct))
        );
        foreach (var (step, its, others) in steps.Zip(outcomes[0], outcomes[1]))
            if (its != others)
                throw new InvalidOperationException(
                    $"{step}: {one.Name} and {other.Name} leave different rows.\n{Difference(its, others)}"
                );
    }

    private static string Difference(string its, string others)
    {
        string[] left = its.Split('\n');
        string[] right = others.Split('\n');
        return string.Join(
            '\n',
            left.Except(right).Take(Shown).Concat(right.Except(left).Take(Shown)).Select(Shortened)
        );

        // Rows with bodies and words are long, and differ anywhere.
        static string Shortened(string line) =>
            line.Length <= LongestLine ? line : $"{line[..(LongestLine / 2)]} … {line[^(LongestLine / 2)..]}";
    }

    private static async Task<List<string>> TryAsync(
        Office office,
        Manuscript first,
        Manuscript second,
        CancellationToken ct
    )
    {
        var outcomes = new List<string>();
        var head = await office.Newsroom.Postgres.FindAsync<long>(
            "select head from change_feed",
            new { },
            ct
        );
        var isDone = false;
        await office.WorkAsync(
            1,
            TimeSpan.MaxValue,
            async (writer, stop) =>
            {
                if (isDone)
                    return null;
                var draft = await writer.CreateAsync(first, stop);
                await LookAsync(draft);
                await writer.PublishAsync(draft, stop);
                await LookAsync(draft);
                draft = await writer.ChangeAsync(draft, second, stop);
                await LookAsync(draft);
                await writer.PublishAgainAsync(draft, stop);
                await LookAsync(draft);
                await writer.UnpublishAsync(draft, stop);
                await LookAsync(draft);
                isDone = true;
                return [0];
            },
            ct
        );
        return outcomes;

        async Task LookAsync(Draft draft) =>
            outcomes.Add(
                (await office.Newsroom.Postgres.FindAsync<string>(Select, new { draft.Id, head }, ct))!
            );
    }

    // Without its id, times and numbers of changes, which cannot be the same, and without the ids of blocks.
    private const string Select = """
        with rows(name, value) as (
            select 'article', to_jsonb(a) from articles a where id = @Id
            union all select 'revision', to_jsonb(r) from article_revisions r where article_id = @Id
            union all select 'desk words', to_jsonb(w) from article_words w where article_id = @Id
            union all select 'desk author', to_jsonb(u) from article_authors u where article_id = @Id
            union all select 'desk tag', to_jsonb(u) from article_tags u where article_id = @Id
            union all select 'desk image', to_jsonb(u) from article_images u where article_id = @Id
            union all select 'slug', to_jsonb(s) from article_slugs s where article_id = @Id
            union all select 'published', to_jsonb(p) from published_articles p where id = @Id
            union all select 'published slug', to_jsonb(s) from published_slugs s where article_id = @Id
            union all select 'words', to_jsonb(w) from published_article_words w where article_id = @Id
            union all select 'section', to_jsonb(u) from published_article_sections u where article_id = @Id
            union all select 'author', to_jsonb(u) from published_article_authors u where article_id = @Id
            union all select 'tag', to_jsonb(u) from published_article_tags u where article_id = @Id
            union all select 'image', to_jsonb(u) from published_article_images u where article_id = @Id
            union all select 'change', to_jsonb(c) from changes c where sequence > @head
            union all select 'change in a section', to_jsonb(c) from section_changes c where sequence > @head
            union all select 'event', to_jsonb(e) - 'id' from events e where sequence > @head)
        select string_agg(name || ' ' || line, E'\n' order by name, line) from (
            select name, replace((value
                - '{created_at,updated_at,created_by,updated_by,first_published_at,published_at,changed_at}'::text[]
                - '{sequence,occurred_at}'::text[]
                || case when value ? 'body' then jsonb_build_object('body', (
                    select jsonb_agg(b.value - 'id' order by b.n)
                    from jsonb_array_elements(value #> '{body,blocks}') with ordinality b(value, n)))
                   else '{}' end)::text, @Id::text, 'the article') line
            from rows) r
        """;
}
