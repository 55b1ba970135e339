using System.Text.RegularExpressions;
using Cms.Access;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>
/// The slugs of articles. A slug belongs to the article that reserved it: for as long as it uses it, and for ever once
/// readers have seen it, so that a link never leads to another story.
/// </summary>
internal static class ArticleSlugs
{
    private const int Attempts = 50;

    /// <summary>Reserves the slug that was asked for.</summary>
    /// <exception cref="Refused">409: it belongs to another article, which is named unless it is out of the caller's
    /// reach.</exception>
    public static async Task ReserveAsync(
        NpgsqlTransaction transaction,
        Guid article,
        string slug,
        Caller caller,
        CancellationToken ct
    )
    {
        var owner = await transaction.FindAsync<Guid>(InsertSlug, new { slug, article }, ct);
        if (owner == article)
            return;
        var holder = Described(
            await transaction.FindAsync<Holder>(SelectHolder, new { owner }, ct),
            slug,
            caller
        );
        throw new Refused(ProblemKinds.SlugTaken, $"The slug '{slug}' belongs to {holder}.")
        {
            Errors =
            [
                Fault.At(
                    "/slug",
                    "slug-taken",
                    $"It belongs to {holder}. Choose another, or leave it out to get a free one."
                ),
            ],
        };
    }

    private static string Described(Holder? holder, string slug, Caller caller)
    {
        if (holder is null)
            return "an article that was deleted for good: its address stays withdrawn";
        if (!caller.Reaches(holder.SectionPath))
            return "another article";
        var state =
            holder.Status == "trashed" ? "which is in the trash"
            : holder.Slug != slug ? $"which was once published under it and has the slug '{holder.Slug}' now"
            : $"which is {holder.Status}";
        return $"the article “{Text.Short(holder.Headline)}” (/v1/editorial/articles/{holder.Id}), {state}";
    }

    /// <summary>Makes a slug from the headline and reserves it, with a number behind it where it is taken.</summary>
    public static async Task<string> ReserveFreeAsync(
        NpgsqlTransaction transaction,
        Guid article,
        string headline,
        string? current,
        CancellationToken ct
    )
    {
        var slug = Slug.From(headline);
        if (await TryReserveAsync(transaction, article, slug, ct))
            return slug;
        var stem = Slug.Stem(slug);
        // What it has is as good as the next number.
        if (
            current is not null
            && Regex.IsMatch(current, $"^{stem}-[0-9]{{1,9}}$", RegexOptions.None, TimeSpan.FromSeconds(1))
        )
            return current;
        var number =
            await transaction.FindAsync<int>(
                SelectGreatestNumber,
                new { stem, Pattern = $"^{stem}-[0-9]{{1,9}}$" },
                ct
            ) + 1;
        for (var attempt = 0; attempt < Attempts; attempt++, number++)
        {
            var numbered = Slug.WithSuffix(stem, Math.Max(2, number));
            if (await TryReserveAsync(transaction, article, numbered, ct))
                return numbered;
        }
        throw new Refused(ProblemKinds.SlugTaken, $"No free slug was found for '{slug}': give one.");
    }

    /// <summary>Lets go of the slugs that the article no longer uses and that readers have never seen.</summary>
    public static Task ReleaseUnusedAsync(
        NpgsqlTransaction transaction,
        Guid article,
        string? used,
        CancellationToken ct
    ) => transaction.ExecuteAsync(DeleteUnused, new { article, used }, ct);

    private static async Task<bool> TryReserveAsync(
        NpgsqlTransaction transaction,
        Guid article,
        string slug,
        CancellationToken ct
    ) => await transaction.FindAsync<Guid>(InsertSlug, new { slug, article }, ct) == article;

    // The update changes nothing: it waits for whoever holds the slug uncommitted, and then tells whose it is.
    private const string InsertSlug = """
        insert into article_slugs (slug, article_id) values (@slug, @article)
        on conflict (slug) do update set slug = excluded.slug
        returning article_id
        """;

    private const string SelectHolder = """
        select a.id, a.slug, a.headline, a.status, section_path(a.section_id) section_path from articles a
        where a.id = @owner
        """;

    private sealed record Holder
    {
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
        public required string Headline { get; init; }
        public required string Status { get; init; }
        public required Guid[]? SectionPath { get; init; }
    }

    private const string SelectGreatestNumber = """
        select coalesce(max(substring(slug from '[0-9]+$')::int), 1) from article_slugs
        where slug >= @stem || '-' and slug < @stem || '.' and slug ~ @Pattern
        """;

    private const string DeleteUnused = """
        delete from article_slugs s
        where s.article_id = @article and s.slug is distinct from @used
          and not exists (select from published_slugs p where p.slug = s.slug)
          and not exists (
              select from article_schedules c join article_revisions r on r.article_id = c.article_id
                  and r.number = c.revision
              where c.article_id = s.article_id and r.slug = s.slug)
          and not exists (
              select from release_items i join releases e on e.id = i.release_id and e.published_at is null
              join article_revisions r on r.article_id = i.article_id and r.number = i.revision
              where i.article_id = s.article_id and r.slug = s.slug)
        """;
}
