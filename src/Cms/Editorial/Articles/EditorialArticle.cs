using Cms.Publishing;
using Cms.Publishing.Bodies;

namespace Cms.Editorial.Articles;

/// <summary>An article as the desk sees it: its working copy, and where it stands.</summary>
internal sealed record EditorialArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>the-valley-that-bet-on-halden</example>
    public required string Slug { get; init; }

    /// <summary>Where readers find it once it is published.</summary>
    /// <example>/v1/articles/the-valley-that-bet-on-halden</example>
    public string Url => $"/v1/articles/{Slug}";

    /// <summary>Where it stands.</summary>
    public required ArticleStatus Status { get; init; }

    /// <summary>
    /// Number of the working copy; every save makes the next one. It is the `ETag`, and what `If-Match` takes.
    /// </summary>
    public required int Revision { get; init; }

    /// <summary>Number of the revision that readers see; null if they see none.</summary>
    public required int? PublishedRevision { get; init; }

    /// <summary>Whether the working copy differs from what readers see; false where they see nothing.</summary>
    public required bool HasUnpublishedChanges { get; init; }

    /// <summary>When it is to be published; null if that is not planned.</summary>
    public required DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>The line above the headline.</summary>
    public required string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    public required string Headline { get; init; }

    /// <summary>The line under the headline.</summary>
    public required string? Deck { get; init; }

    /// <summary>
    /// A few sentences for a teaser: written by an editor, or generated from the first paragraphs of running text.
    /// </summary>
    public required string Excerpt { get; init; }

    /// <summary>
    /// The whole body in the forms that `body` asked for; null with `none`. Image blocks say only what differs from the
    /// image's own words, so that blocks can be written back as they were read.
    /// </summary>
    public required BodyView? Body { get; init; }

    /// <summary>Who may read it to its end.</summary>
    public required ArticleAccess Access { get; init; }

    /// <summary>Its section; null if it has none yet.</summary>
    public required SectionRef? Section { get; init; }

    /// <summary>The authors in byline order.</summary>
    public required IReadOnlyList<Byline> Authors { get; init; }

    /// <summary>The picture on top, with the words it has here.</summary>
    public required ImageView? HeroImage { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<TagRef> Tags { get; init; }

    /// <summary>What readers should know of the newsroom's own interests.</summary>
    public required string? Disclosure { get; init; }

    /// <summary>What was put right, oldest first.</summary>
    public required IReadOnlyList<Correction> Corrections { get; init; }

    /// <summary>What search engines are told, where that differs.</summary>
    public required Seo? Seo { get; init; }

    /// <summary>Articles that go with this one, published or not.</summary>
    public required IReadOnlyList<RelatedArticle> Related { get; init; }

    /// <summary>The date that readers see, or will see; null if it will be the moment of publication.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Words in the body.</summary>
    public required int WordCount { get; init; }

    /// <summary>Minutes to read it, at 238 words a minute.</summary>
    public required int ReadingMinutes { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The key that opened it; null: the newsroom's own command line.</summary>
    public required KeyRef? CreatedBy { get; init; }

    /// <summary>When it was last saved.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The key that last saved it; null: the newsroom's own command line.</summary>
    public required KeyRef? UpdatedBy { get; init; }

    /// <summary>
    /// The parts of the sent `body` that were not saved: scripts, styles, comments, pictures that readers
    /// cannot open. At most 101, in answers to POST and PATCH; otherwise empty.
    /// </summary>
    public IReadOnlyList<BodyWarning> Warnings { get; init; } = [];
}

/// <summary>A key, as those see it who work beside it.</summary>
internal sealed record KeyRef
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>Newsdesk</example>
    public required string Name { get; init; }
}

/// <summary>An article that goes with another, as the desk sees it.</summary>
internal sealed record RelatedArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug.</summary>
    public required string Slug { get; init; }

    /// <summary>Its headline.</summary>
    public required string Headline { get; init; }

    /// <summary>Where it stands; readers see it only if it is published.</summary>
    public required ArticleStatus Status { get; init; }
}
