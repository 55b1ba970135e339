using Cms.Access;
using Cms.Editorial.Articles.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Npgsql;

namespace Cms.Editorial.Revisions;

/// <summary>Reads revisions as articles. Who may not see the article now sees none of them.</summary>
internal static class RevisionReader
{
    /// <summary>The id of an article within the caller's reach.</summary>
    /// <exception cref="Refused">404.</exception>
    public static async Task<Guid> FindArticleAsync(
        NpgsqlDataSource postgres,
        string slugOrId,
        Caller caller,
        CancellationToken ct
    )
    {
        var id = SlugOrId.IdOf(slugOrId);
        return await postgres.FindAsync<Guid?>(
                $"""
                select a.id from articles a where {(id is null ? "a.slug = @slugOrId" : "a.id = @id")}
                    and {Reach.Sees("a.section_id")}
                """,
                new
                {
                    slugOrId,
                    id,
                    Reach = Reach.Of(caller),
                },
                ct
            ) ?? throw Refused.NotFound("article", slugOrId);
    }

    /// <summary>A revision as the article that it was.</summary>
    /// <exception cref="Refused">404.</exception>
    public static async Task<EditorialArticleRow> ReadAsync(
        NpgsqlDataSource postgres,
        Guid article,
        int number,
        Caller caller,
        CancellationToken ct
    ) =>
        WithoutLostPicture(
            await postgres.FindAsync<EditorialArticleRow>(
                Select,
                new
                {
                    Article = article,
                    Number = number,
                    Reach = Reach.Of(caller),
                },
                ct
            ) ?? throw NotFound(number)
        );

    public static Refused NotFound(int number) =>
        new(ProblemKinds.NotFound, $"The article has no revision {number}.");

    // A picture on top that was deleted since, or that only stories out of reach still use.
    private static EditorialArticleRow WithoutLostPicture(EditorialArticleRow row) =>
        row.HeroUse is { } use && !Json.Read<ImageView[]>(row.Images).Any(i => i.Id == use.Id)
            ? row with
            {
                HeroUse = null,
            }
            : row;

    // The article with what the revision says of it.
    private const string Source = """
        (select w.id, v.slug, w.status, v.number revision, w.published_revision, v.section_id, w.first_published_at,
                w.assignee_id, w.due_at, w.created_at, w.created_by, v.created_at updated_at, v.created_by updated_by
         from articles w join article_revisions v on v.article_id = w.id
         where w.id = @Article and v.number = @Number) a
        join article_revisions r on r.article_id = a.id and r.number = a.revision
        """;

    private static readonly string Images = $"""
        select v.id from images v where {Reach.SeesImage("v")} and v.id in (
            select (b -> 'image' ->> 'id')::uuid from jsonb_array_elements(r.body -> 'blocks') b where b ? 'image'
            union all select (r.hero_image ->> 'id')::uuid)
        """;

    private static readonly string Select = ArticleReader.SelectWith(
        $"{ArticleColumns.Select("r")}, r.body",
        Source,
        Images
    );
}
