using Cms.Access;
using Cms.Changes;
using Cms.Editorial.Articles;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.ForReaders;

/// <summary>
/// The only writer of published content: it copies a revision to where readers look, or takes it away, in the caller's
/// transaction.
/// </summary>
internal static partial class Publisher
{
    /// <summary>Makes a revision the one that readers see.</summary>
    /// <param name="head">The article, with the revision to be published.</param>
    /// <param name="policy">What this newsroom requires.</param>
    /// <param name="at">The moment of publication.</param>
    /// <param name="isWorkingCopy">Whether that revision is the present one.</param>
    /// <param name="isMinor">Whether readers see no new date.</param>
    /// <param name="isSeen">Whether readers see all of it already but a correction: no embargo holds that back.</param>
    /// <exception cref="Refused">403: the section is out of reach; 409: not in this status; 422: it lacks what a
    /// published article must have, or its embargo has not ended.</exception>
    public static async Task PublishAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        ArticleHead head,
        PublishPolicy policy,
        DateTimeOffset at,
        CancellationToken ct,
        bool isWorkingCopy = true,
        bool isMinor = false,
        bool isSeen = false
    )
    {
        var publication = await PrepareAsync(
            transaction,
            head,
            policy,
            at,
            ct,
            isWorkingCopy,
            embargoHolds: !isSeen
        );
        if (publication.Faults.Count > 0)
            throw Refused.Invalid(publication.Faults);
        await WriteAsync(transaction, announcement, publication, ct, isMinor);
    }

    /// <summary>The same in a transaction that is undone, for a preview: nobody else sees it, so no embargo holds it.
    /// The article is not locked.</summary>
    /// <exception cref="Refused">409, 422.</exception>
    public static async Task PreviewAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var publication = await PrepareAsync(
            transaction,
            head,
            PublishPolicy.Default,
            at,
            ct,
            isWorkingCopy: false,
            embargoHolds: false
        );
        if (publication.Faults.Count > 0)
            throw Refused.Invalid(publication.Faults);
        await ShowAsync(transaction, publication, ct);
    }

    /// <summary>
    /// Puts what was prepared where readers look, in a transaction that is undone. The desk's own tables stay what they
    /// are: whoever saves the article need not wait.
    /// </summary>
    public static Task ShowAsync(
        NpgsqlTransaction transaction,
        Publication publication,
        CancellationToken ct
    ) => WriteAsync(transaction, new(), publication, isMinor: false, (Show, KeepShown), ct);

    /// <summary>
    /// Reads a revision that is to be published, and finds what keeps it from that. Nothing is written.
    /// </summary>
    /// <param name="together">Articles that appear in the same transaction: links to them are not broken.</param>
    /// <exception cref="Refused">403: the section is out of the reach of whoever locked the article; 409: it cannot be
    /// published in its status.</exception>
    public static async Task<Publication> PrepareAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        PublishPolicy policy,
        DateTimeOffset at,
        CancellationToken ct,
        bool isWorkingCopy = true,
        IReadOnlyCollection<Guid>? together = null,
        bool embargoHolds = true
    )
    {
        head.After(ArticleAct.Publish);
        var (revision, before, images) = await ReadAsync(transaction, head, ct);
        await RequireReachAsync(transaction, head.By, revision, before, ct);
        var body = Body.Parse(revision.Body);
        var faults = new Faults();
        // Whoever publishes, and however: nothing gets past this.
        if (embargoHolds && head.EmbargoOf(revision) is { } embargo && embargo > at)
            faults.Add(
                Fault.At(
                    "/embargoedUntil",
                    "embargoed",
                    $"It is under embargo until {Ahead.Text(embargo)}. Publish it then, or take the embargo away."
                )
            );
        if (!isWorkingCopy)
        {
            images = await ImagesAsync(transaction, revision, body, ct);
            await LostReferences.FindAsync(transaction, head.Id, revision, body, faults, ct);
        }
        faults.AddRange(
            await PublicationChecks.BlockersAsync(
                transaction,
                policy,
                revision,
                body,
                images,
                at,
                ct,
                together
            )
        );
        return new(head, revision, body, images, before, at, faults);
    }

    /// <summary>
    /// An older revision may belong to another section than the working copy, and so may what readers see.
    /// </summary>
    private static async Task RequireReachAsync(
        NpgsqlTransaction transaction,
        Caller caller,
        RevisionRow revision,
        LiveTerms? before,
        CancellationToken ct
    )
    {
        if (caller.SectionIds is null)
            return;
        if (before is not null)
            ArticleHead.RequireReach(caller, before.SectionPath);
        ArticleHead.RequireReach(
            caller,
            await transaction.FindAsync<Guid[]>(
                "select section_path(@SectionId)",
                new { revision.SectionId },
                ct
            )
        );
    }

    /// <summary>Publishes what was prepared in the same transaction and has no faults.</summary>
    /// <param name="isMinor">Whether readers see no new date.</param>
    public static Task WriteAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Publication publication,
        CancellationToken ct,
        bool isMinor = false
    ) => WriteAsync(transaction, announcement, publication, isMinor, (WriteLive, KeepLive), ct);

    /// <param name="statements">Writes what is new for readers; or only its revision, where nothing is.</param>
    private static async Task WriteAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Publication publication,
        bool isMinor,
        (string New, string Same) statements,
        CancellationToken ct
    )
    {
        var (head, revision, body, images, before, at, faults) = publication;
        if (faults.Count > 0)
            throw new InvalidOperationException($"It cannot be published: {faults.First.Detail}");
        var publishedAt = revision.PublishedAt ?? head.FirstPublishedAt ?? at;
        var hero = revision.HeroImage;
        var excerpt =
            revision.Excerpt
            ?? body.Excerpt(ArticleLimits.MadeExcerpt, revision.Access != ArticleAccess.Public);
        if (before?.Shows(revision, excerpt, publishedAt) == true)
        {
            // Readers see this already: no event, and nothing leaves the cache.
            await transaction.ExecuteAsync(statements.Same, new { head.Id, head.Revision }, ct);
            return;
        }
        var words = ArticleWords.Of(body, revision, hero, images);
        await transaction.ExecuteAsync(
            statements.New,
            ArticleColumns.Parameters(
                revision,
                new
                {
                    head.Id,
                    head.Revision,
                    revision.Number,
                    excerpt,
                    revision.Body,
                    HasSameBody = before?.HasSameBody ?? false,
                    revision.SectionId,
                    revision.AuthorIds,
                    revision.TagIds,
                    RelatedIds = revision.RelatedIds.Where(id => id != head.Id).ToArray(),
                    HeroId = hero?.Id,
                    HeroAlt = hero?.Alt,
                    HeroCaption = hero?.Caption,
                    HeroCredit = hero?.Credit,
                    revision.WordCount,
                    revision.ReadingMinutes,
                    revision.ContentHash,
                    publishedAt,
                    at,
                    isMinor,
                    SortHeadline = SortKey.Of(revision.Headline),
                    ImageIds = body.ImageIds.Concat(hero is null ? [] : [hero.Id]).Distinct().ToArray(),
                    InTeaser = body.Teaser().Body.ImageIds.ToArray(),
                    words.HeadlineWords,
                    words.Lead,
                    words.Open,
                    words.Walled,
                    TextAnalysis.Version,
                }
            ),
            ct
        );

        announcement.Changed(EntityType.Article, head.Id);
        before?.AnnounceTo(announcement);
        if (before is null || before.SectionPath[^1] != revision.SectionId)
            announcement.Relocated(head.Id);
    }

    /// <summary>What the pictures say by themselves that a revision shows.</summary>
    public static Task<IReadOnlyList<ImageRow>> ImagesAsync(
        NpgsqlTransaction transaction,
        ArticleContent revision,
        Body body,
        CancellationToken ct
    ) =>
        transaction.ListAsync<ImageRow>(
            "select id, alt, caption, credit, usage_ended_at is not null is_ended from images where id = any(@Ids)",
            new
            {
                Ids = body
                    .ImageIds.Concat(revision.HeroImage is { } hero ? [hero.Id] : [])
                    .Distinct()
                    .ToArray(),
            },
            ct
        );

    /// <summary>
    /// The revision to be published, what readers see until then, and the pictures it shows: in one exchange with the
    /// database.
    /// </summary>
    private static Task<(RevisionRow Revision, LiveTerms? Before, IReadOnlyList<ImageRow> Images)> ReadAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        CancellationToken ct
    ) =>
        transaction.ReadAsync<(RevisionRow, LiveTerms?, IReadOnlyList<ImageRow>)>(
            $"""
            {Db.PlanOnce};
            with held as materialized ({HoldTree})
            select {RevisionRow.Columns} from held, article_revisions r where article_id = @Id and number = @Revision;
            {SelectLive};
            select i.id, i.alt, i.caption, i.credit, i.usage_ended_at is not null is_ended
            from article_images u join images i on i.id = u.image_id
            where u.article_id = @Id
            """,
            new { head.Id, head.Revision },
            async rows =>
                (
                    await rows.ReadSingleAsync<RevisionRow>(),
                    await rows.ReadSingleOrDefaultAsync<LiveTerms>(),
                    [.. await rows.ReadAsync<ImageRow>()]
                ),
            ct
        );

    /// <summary>A revision that is to be published, and what keeps it from that.</summary>
    internal sealed record Publication(
        ArticleHead Head,
        RevisionRow Revision,
        Body Body,
        IReadOnlyList<ImageRow> Images,
        LiveTerms? Before,
        DateTimeOffset At,
        Faults Faults
    );

    /// <summary>What an article that readers see belongs to and needs.</summary>
    internal sealed record LiveTerms
    {
        public required byte[] ContentHash { get; init; }
        public required string Excerpt { get; init; }
        public required int WordCount { get; init; }
        public required DateTimeOffset PublishedAt { get; init; }
        public required Guid[] SectionPath { get; init; }
        public required Guid[] AuthorIds { get; init; }
        public required Guid[] TagIds { get; init; }
        public required Guid[] ImageIds { get; init; }

        /// <summary>
        /// Whether it is the body of the revision to be published, which need not be the working copy.
        /// </summary>
        public required bool HasSameBody { get; init; }

        /// <summary>
        /// Whether the columns that came later are those of the revision: a node of an older build publishes a revision
        /// without them, and writes its hash all the same.
        /// </summary>
        public required bool HasSameLater { get; init; }

        /// <summary>
        /// Whether readers see this revision already, including everything derived from it: a new build may derive it
        /// differently.
        /// </summary>
        public bool Shows(RevisionRow revision, string excerpt, DateTimeOffset publishedAt) =>
            ContentHash.AsSpan().SequenceEqual(revision.ContentHash)
            && HasSameLater
            && Excerpt == excerpt
            && WordCount == revision.WordCount
            && PublishedAt == publishedAt;

        /// <summary>
        /// It will be, or has been, changed: what it needed may no longer be needed, where it was it may no longer be.
        /// </summary>
        public void AnnounceTo(Announcement announcement)
        {
            announcement.Left(SectionPath);
            announcement.Touched(EntityType.Author, AuthorIds);
            announcement.Touched(EntityType.Tag, TagIds);
            announcement.Touched(EntityType.Image, ImageIds);
        }
    }
}
