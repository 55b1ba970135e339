using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Npgsql;

namespace Cms.Delivery.Articles;

/// <summary>One published article with all that its page shows.</summary>
internal static class PublishedArticle
{
    /// <summary>The article, and behind it those that go with it; nothing if there is none.</summary>
    public static Task<IReadOnlyList<ArticleRow>> FindAsync(
        Reads database,
        string slugOrId,
        CancellationToken ct
    )
    {
        var id = SlugOrId.IdOf(slugOrId);
        return database.ListAsync<ArticleRow>(
            id is null ? SelectBySlug : SelectById,
            new { Slug = slugOrId, Id = id },
            ct
        );
    }

    /// <summary>
    /// What readers would get if a transaction were committed. Nothing of it is remembered, since it may not be.
    /// </summary>
    /// <param name="slugOrId">The article.</param>
    /// <param name="readerOf">Who reads an article, by its id.</param>
    /// <returns>Null: readers would not find it.</returns>
    public static async Task<Article?> ReadAsync(
        NpgsqlTransaction transaction,
        KnownNames names,
        string slugOrId,
        BodyForm[] forms,
        ImageForm images,
        Func<Guid, Caller?> readerOf,
        CancellationToken ct
    )
    {
        var rows = await FindAsync(transaction, slugOrId, ct);
        if (rows.Count == 0)
            return null;
        var named = await names.OfAsync(rows, transaction, ct);
        return ArticleRows.Whole(named[0], named.Skip(1), forms, images, readerOf(rows[0].Id));
    }

    // The article and the summaries of those that go with it, in one statement.
    private static readonly string SelectArticle = $"""
        , wanted as (
            select id, 0 n from article
            union all
            select r.id, r.n from article, unnest(related_ids) with ordinality r(id, n))
        select {ArticleRows.Columns},
               case when w.n = 0 then {ArticleRows.Byline} end byline,
               case when w.n = 0 then p.body end body, p.section_path,
               case when w.n = 0 then {ArticleRows.BodyImages} end images,
               {ArticleColumns.SelectDetails("p")}
        from wanted w join published_articles p on p.id = w.id {ArticleRows.Joins}
        order by w.n
        """;

    private static readonly string SelectBySlug = $"""
        with article as (select id, related_ids from published_articles where slug = @Slug)
        {SelectArticle}
        """;

    private static readonly string SelectById = $"""
        with article as (select id, related_ids from published_articles where id = @Id)
        {SelectArticle}
        """;
}
