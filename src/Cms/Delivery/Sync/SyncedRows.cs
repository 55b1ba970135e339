using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Images;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Articles;

namespace Cms.Delivery.Sync;

/// <summary>A thing as the feed's statements give it.</summary>
internal interface ISyncedRow
{
    Guid Id { get; }

    /// <summary>About how many bytes of memory it takes.</summary>
    long Size => 2_000;

    /// <summary>The part that depends on the scope; null: nothing.</summary>
    string? VariantFor(SyncScope scope) => null;

    /// <summary>Whether its reader gets all of it.</summary>
    bool IsWholeFor(Caller? caller) => true;

    EntityChange ChangeFor(SyncScope scope, Caller? caller);
}

internal sealed record SyncedSectionRow : ISyncedRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string? Description { get; init; }
    public required int Position { get; init; }
    public required Guid? ParentId { get; init; }

    public const string Select =
        "select id, slug, name, description, position, parent_id from published_sections where id = any(@ids)";

    public EntityChange ChangeFor(SyncScope scope, Caller? caller) => Change();

    private SectionChange Change() =>
        new()
        {
            Id = Id,
            Op = ChangeOp.Upsert,
            Reason = null,
            Data = View(),
        };

    private SyncedSection View() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Description = Description,
            Position = Position,
            Parent = ParentId,
        };
}

internal sealed record SyncedImageRow : ISyncedRow
{
    public required Guid Id { get; init; }
    public required string Image { get; init; }

    public const string Select =
        $"select i.id, {ImageJson.Object} image from published_images i where i.id = any(@ids)";

    public EntityChange ChangeFor(SyncScope scope, Caller? caller) => Change();

    private ImageChange Change() =>
        new()
        {
            Id = Id,
            Op = ChangeOp.Upsert,
            Reason = null,
            Data = View(),
        };

    private ImageView View() => Json.Read<ImageView>(Image);
}

internal sealed record SyncedAuthorRow : ISyncedRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string? JobTitle { get; init; }
    public required string? Bio { get; init; }
    public required string Social { get; init; }
    public required Guid? AvatarImageId { get; init; }

    public const string Select = """
        select a.id, a.slug, a.name, a.job_title, a.bio, a.social,
               (select i.id from published_images i where i.id = a.avatar_image_id) avatar_image_id
        from published_authors a where a.id = any(@ids)
        """;

    public EntityChange ChangeFor(SyncScope scope, Caller? caller) => Change();

    private AuthorChange Change() =>
        new()
        {
            Id = Id,
            Op = ChangeOp.Upsert,
            Reason = null,
            Data = View(),
        };

    private SyncedAuthor View() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            JobTitle = JobTitle,
            Bio = Bio,
            Social = Json.Read<Dictionary<string, string>>(Social),
            Avatar = AvatarImageId,
        };
}

internal sealed record SyncedTagRow : ISyncedRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }

    public required string Kind { get; init; }
    public required string? Description { get; init; }
    public required string[] SameAs { get; init; }

    public const string Select =
        "select id, slug, name, kind, description, same_as from published_tags where id = any(@ids)";

    public EntityChange ChangeFor(SyncScope scope, Caller? caller) => Change();

    private TagChange Change() =>
        new()
        {
            Id = Id,
            Op = ChangeOp.Upsert,
            Reason = null,
            Data = View(),
        };

    private Tag View() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Kind = Kind,
            Description = Description,
            SameAs = SameAs,
        };
}

internal sealed record SyncedArticleRow : PublishedFacts, ISyncedRow
{
    public required Guid SectionId { get; init; }
    public required Guid[] SectionPath { get; init; }
    public required Guid[] AuthorIds { get; init; }
    public required Guid[] TagIds { get; init; }

    /// <summary>Its related articles that readers can see: each once for each of its sections.</summary>
    public required Guid[] RelatedIds { get; init; }

    /// <summary>Those sections.</summary>
    public required Guid[] RelatedSectionIds { get; init; }
    public required Guid? HeroId { get; init; }
    public required string? HeroAlt { get; init; }
    public required string? HeroCaption { get; init; }
    public required string? HeroCredit { get; init; }
    public string? Body { get; init; }
    public string? Images { get; init; }

    public static string Select(bool body) =>
        $"""
            select {ArticleColumns.Select("p")}, {ArticleRows.Published}, p.section_path,
                   coalesce(r.ids, array[]::uuid[]) related_ids,
                       coalesce(r.section_ids, array[]::uuid[]) related_section_ids,
                   {ArticleRows.Hero}{(body ? $", p.body, {ArticleRows.BodyImages} images" : "")}
            from published_articles p left join published_images h on h.id = p.hero_image_id
            left join lateral (
                select array_agg(q.id order by r.n, s.id) ids, array_agg(s.id order by r.n, s.id) section_ids
                from unnest(p.related_ids) with ordinality r(id, n) join published_articles q on q.id = r.id
                cross join unnest(q.section_path) s(id)) r on true
            where p.id = any(@ids) order by array_position(@ids, p.id)
            """;

    public long Size => 4_000 + (2L * ((Body?.Length ?? 0) + (Images?.Length ?? 0)));

    public string? VariantFor(SyncScope scope) =>
        RelatedIds.Length == 0 || scope.Sections.Count == 0 ? null : string.Join(' ', Related(scope));

    public bool IsWholeFor(Caller? caller) => Wall.MayReadOn(Access, SectionPath, caller);

    public EntityChange ChangeFor(SyncScope scope, Caller? caller) =>
        new ArticleChange
        {
            Id = Id,
            Op = ChangeOp.Upsert,
            Reason = null,
            Data = View(scope, caller),
        };

    /// <summary>Its related articles in scope.</summary>
    private Guid[] Related(SyncScope scope) =>
        [
            .. RelatedIds
                .Where((_, i) => scope.Sections.Count == 0 || scope.Sections.Contains(RelatedSectionIds[i]))
                .Distinct(),
        ];

    private SyncedArticle View(SyncScope scope, Caller? caller)
    {
        BodyForm[] forms = [.. scope.Body];
        var shown = Body is null
            ? (null, false)
            : Wall.Show(
                Body,
                Images is null ? [] : Json.Read<ImageView[]>(Images),
                forms,
                Wall.MayReadOn(Access, SectionPath, caller)
            );
        return new(
            this,
            SectionId,
            AuthorIds,
            HeroId is { } hero
                ? new()
                {
                    Id = hero,
                    Alt = HeroAlt,
                    Caption = HeroCaption,
                    Credit = HeroCredit,
                }
                : null,
            TagIds,
            shown,
            Related(scope)
        );
    }
}
