using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Cms.Delivery.Articles;
using Cms.Publishing;
using Cms.Publishing.Articles;

namespace Cms.Delivery.Sync;

/// <summary>What to do with a thing that changed.</summary>
internal enum ChangeOp
{
    /// <summary>Keep <c>data</c>, in place of what you have of it.</summary>
    Upsert,

    /// <summary>Drop it, if you have it.</summary>
    Delete,
}

/// <summary>Why a thing is to be dropped.</summary>
internal enum DeletionReason
{
    /// <summary>It was withdrawn, and may come back; or (an image, a tag) nothing published uses it any more.</summary>
    Unpublished,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>It is still published, but not in the sections that you sync.</summary>
    Moved,

    /// <summary>It was withdrawn, since it is wrong.</summary>
    Error,

    /// <summary>It was withdrawn, since the law or a court demands it.</summary>
    Legal,

    /// <summary>It was withdrawn, since it is there a second time.</summary>
    Duplicate,

    /// <summary>It was withdrawn, since its time is over, or the right to show it.</summary>
    Expired,

    /// <summary>It was withdrawn for another reason.</summary>
    Other,
}

/// <summary>Changes, and where to read on.</summary>
internal sealed record SyncPage
{
    /// <summary>
    /// What changed: each thing once, as it is now, after what it needs. Apply all of them together with <c>cursor</c>,
    /// in one transaction.
    /// </summary>
    public required IReadOnlyList<EntityChange> Changes { get; init; }

    /// <summary>Where to read on: the next request is `/v1/sync?cursor=…`. Keep it with what you hold.</summary>
    public required string Cursor { get; init; }

    /// <summary>
    /// Whether more is waiting. While it is true, references may lead to what has not come yet, and of articles that
    /// went live together some may be missing; when it is false, your copy is whole.
    /// </summary>
    public required bool HasMore { get; init; }
}

/// <summary>A thing that changed, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SectionChange), "section")]
[JsonDerivedType(typeof(ImageChange), "image")]
[JsonDerivedType(typeof(AuthorChange), "author")]
[JsonDerivedType(typeof(TagChange), "tag")]
[JsonDerivedType(typeof(ArticleChange), "article")]
internal abstract record EntityChange
{
    /// <summary>UUIDv7.</summary>
    [JsonPropertyOrder(-3)]
    public required Guid Id { get; init; }

    /// <summary>What to do with it.</summary>
    [JsonPropertyOrder(-2)]
    public required ChangeOp Op { get; init; }

    /// <summary>With `delete`: why. Drop the thing whatever it says; there may be more reasons one day. Otherwise
    /// null.</summary>
    [JsonPropertyOrder(-1)]
    public required DeletionReason? Reason { get; init; }
}

/// <summary>A section changed.</summary>
internal sealed record SectionChange : EntityChange
{
    /// <summary>With `upsert`: the section as it is now. Otherwise null.</summary>
    public required SyncedSection? Data { get; init; }
}

/// <summary>An image changed.</summary>
internal sealed record ImageChange : EntityChange
{
    /// <summary>With `upsert`: the image as it is now. Otherwise null.</summary>
    public required ImageView? Data { get; init; }
}

/// <summary>An author changed.</summary>
internal sealed record AuthorChange : EntityChange
{
    /// <summary>With `upsert`: the author as they are now. Otherwise null.</summary>
    public required SyncedAuthor? Data { get; init; }
}

/// <summary>A tag changed.</summary>
internal sealed record TagChange : EntityChange
{
    /// <summary>With `upsert`: the tag as it is now. Otherwise null.</summary>
    public required Tag? Data { get; init; }
}

/// <summary>An article changed.</summary>
internal sealed record ArticleChange : EntityChange
{
    /// <summary>With `upsert`: the article as it is now. Otherwise null.</summary>
    public required SyncedArticle? Data { get; init; }
}

/// <summary>A section, with its parent by id.</summary>
internal sealed record SyncedSection
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>politics</example>
    public required string Slug { get; init; }

    /// <example>Politics</example>
    public required string Name { get; init; }

    /// <summary>The section in this API.</summary>
    /// <example>/v1/sections/politics</example>
    public string Url => $"/v1/sections/{Slug}";

    /// <summary>What the section is about, in plain text.</summary>
    public required string? Description { get; init; }

    /// <summary>Where it stands among its siblings.</summary>
    public required int Position { get; init; }

    /// <summary>Id of the section above; null at the top.</summary>
    public required Guid? Parent { get; init; }
}

/// <summary>An author, with their picture by id.</summary>
internal sealed record SyncedAuthor
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>mara-lindqvist</example>
    public required string Slug { get; init; }

    /// <example>Mara Lindqvist</example>
    public required string Name { get; init; }

    /// <summary>The author in this API.</summary>
    /// <example>/v1/authors/mara-lindqvist</example>
    public string Url => $"/v1/authors/{Slug}";

    /// <example>Senior reporter, Power</example>
    public required string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public required string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public required IReadOnlyDictionary<string, string> Social { get; init; }

    /// <summary>Id of the image that is their picture; null: none.</summary>
    public required Guid? Avatar { get; init; }
}

/// <summary>An image as an article uses it: which, and the words that stand beside it there.</summary>
internal sealed record SyncedHeroImage
{
    /// <summary>Id of the image.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public required string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public required string? Caption { get; init; }

    /// <example>Illustration: Ines Okafor/The Circuit</example>
    public required string? Credit { get; init; }
}

/// <summary>
/// An article, with its section, authors, images, tags and related articles by id: each comes as a change of its own.
/// </summary>
internal sealed record SyncedArticle : PublishedFacts
{
    [SetsRequiredMembers]
    public SyncedArticle(
        PublishedFacts facts,
        Guid section,
        IReadOnlyList<Guid> authors,
        SyncedHeroImage? heroImage,
        IReadOnlyList<Guid> tags,
        (BodyView? Body, bool Truncated) shown,
        IReadOnlyList<Guid> related
    )
        : base(facts)
    {
        Section = section;
        Authors = authors;
        HeroImage = heroImage;
        Tags = tags;
        (Body, BodyTruncated) = shown;
        Related = related;
    }

    /// <summary>Id of the section that it belongs to.</summary>
    public Guid Section { get; }

    /// <summary>Ids of the authors, in byline order.</summary>
    public IReadOnlyList<Guid> Authors { get; }

    /// <summary>The picture on top.</summary>
    public SyncedHeroImage? HeroImage { get; }

    /// <summary>Ids of its tags.</summary>
    public IReadOnlyList<Guid> Tags { get; }

    /// <summary>
    /// The body in the forms that `body` asked for, as `/v1/articles/{slugOrId}` has it; null with `none`.
    /// </summary>
    public BodyView? Body { get; }

    /// <summary>
    /// Whether <c>body</c> ends after the teaser, because the article is behind the wall and the request came without a
    /// key.
    /// </summary>
    public bool BodyTruncated { get; }

    /// <summary>
    /// Ids of the published articles that go with this one; with `section`, of those that are in your sections.
    /// </summary>
    [JsonPropertyOrder(Place.Last)]
    public IReadOnlyList<Guid> Related { get; }
}
