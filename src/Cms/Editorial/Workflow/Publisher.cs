using Cms.Access;
using Cms.Changes;
using Cms.Editorial.Articles;
using Cms.Editorial.Schedules;
using Cms.Editorial.Upkeep;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.Workflow;

/// <summary>
/// The only writer of published content: it copies a revision to where readers look, or takes it away, in the caller's
/// transaction.
/// </summary>
internal static class Publisher
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

    /// <summary>Takes the article from readers, if they see it.</summary>
    /// <param name="withdrawal">What is said of it; null: the desk has thrown it away.</param>
    public static async Task WithdrawAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid article,
        Withdrawal? withdrawal,
        CancellationToken ct
    )
    {
        await transaction.ExecuteAsync(HoldTree, new { }, ct);
        if (
            await transaction.FindAsync<LiveTerms>(
                SelectLive,
                new { Id = article, Revision = (int?)null },
                ct
            )
            is not { } before
        )
            return;
        await transaction.ExecuteAsync(
            "delete from published_articles where id = @article",
            new { article },
            ct
        );
        if (withdrawal is null)
            announcement.Deleted(EntityType.Article, article);
        else
            announcement.Unpublished(EntityType.Article, article, withdrawal.ReasonText);
        if (withdrawal is { IsSilent: false })
            await SayAsync(transaction, article, withdrawal, ct);
        before.AnnounceTo(announcement);
        announcement.Relocated(article);
    }

    /// <summary>Says something else of an article that was taken from readers. The same again is no news.</summary>
    public static async Task RestateAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid article,
        Withdrawal withdrawal,
        CancellationToken ct
    )
    {
        if (await SayAsync(transaction, article, withdrawal, ct) > 0)
            announcement.Restated(EntityType.Article, article, withdrawal.ReasonText);
    }

    /// <returns>How many rows are new or changed.</returns>
    private static Task<int> SayAsync(
        NpgsqlTransaction transaction,
        Guid article,
        Withdrawal withdrawal,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            """
            insert into published_withdrawals as w (article_id, reason, notice, replaced_by)
            values (@article, @ReasonText, @Notice, @ReplacedBy)
            on conflict (article_id) do update
                set reason = excluded.reason, notice = excluded.notice, replaced_by = excluded.replaced_by
            where (w.reason, w.notice, w.replaced_by)
                is distinct from (excluded.reason, excluded.notice, excluded.replaced_by)
            """,
            new
            {
                article,
                withdrawal.ReasonText,
                withdrawal.Notice,
                withdrawal.ReplacedBy,
            },
            ct
        );

    /// <summary>Gives a published article another excerpt, where nobody wrote one.</summary>
    public static async Task RenewExcerptAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid article,
        string excerpt,
        CancellationToken ct
    )
    {
        await transaction.ExecuteAsync(
            "update published_articles set excerpt = @excerpt where id = @article",
            new { article, excerpt },
            ct
        );
        announcement.Changed(EntityType.Article, article);
    }

    /// <summary>
    /// Puts the articles of a section, and of those below it, under their new ancestors after it was moved.
    /// </summary>
    public static async Task MoveSectionAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid section,
        Guid? formerParent,
        CancellationToken ct
    )
    {
        await transaction.ExecuteLongAsync(UpdatePaths, new { section }, ct);
        await transaction.ExecuteLongAsync(RewriteSections, new { section }, ct);
        announcement.Moved(section);
        if (formerParent is not null)
            announcement.Left(
                (
                    await transaction.FindAsync<Guid[]>(
                        "select section_path(@formerParent)",
                        new { formerParent },
                        ct
                    )
                )!
            );
    }

    /// <summary>Gives the articles that carry a tag another one in its place.</summary>
    public static async Task MergeTagAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid from,
        Guid into,
        CancellationToken ct
    )
    {
        var articles = await transaction.ListAsync<Guid>(
            "select article_id from published_article_tags where tag_id = @from order by article_id",
            new { from },
            ct
        );
        await transaction.ExecuteLongAsync(ReplaceTag, new { from, into }, ct);
        foreach (var article in articles)
            announcement.Changed(EntityType.Article, article);
    }

    /// <summary>Writes which of an article's pictures stand before its wall.</summary>
    public static Task MarkTeaserAsync(
        NpgsqlTransaction transaction,
        Guid article,
        Body body,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            "update published_article_images set in_teaser = image_id = any(@Shown) where article_id = @article",
            new { article, Shown = body.Teaser().Body.ImageIds.ToArray() },
            ct
        );

    /// <summary>Writes the words by which a published article is found.</summary>
    public static async Task IndexAsync(
        NpgsqlTransaction transaction,
        Guid article,
        Body body,
        CancellationToken ct
    )
    {
        var row = (await transaction.FindAsync<IndexedRow>(SelectIndexed, new { article }, ct))!;
        var hero = row.HeroImageId is { } id
            ? new ImageUseInput
            {
                Id = id,
                Alt = row.HeroAlt,
                Caption = row.HeroCaption,
                Credit = row.HeroCredit,
            }
            : null;
        var words = ArticleWords.Of(body, row, hero, Json.Read<ImageRow[]>(row.Images));
        await transaction.ExecuteAsync(
            // Many in a row, which are merged together (SearchIndexing).
            UpsertWords("false"),
            new
            {
                Id = article,
                words.HeadlineWords,
                words.Lead,
                words.Open,
                words.Walled,
                TextAnalysis.Version,
            },
            ct
        );
    }

    /// <summary>
    /// Puts the words of articles that wait for it into the index of search. Those that another transaction is writing
    /// are left for the next time. Returns how many there were.
    /// </summary>
    public static Task<int> IndexWaitingAsync(
        NpgsqlTransaction transaction,
        int atMost,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            """
            with batch as materialized (
                select article_id from published_article_words where waits limit @atMost for update skip locked)
            update published_article_words w set waits = false from batch b where w.article_id = b.article_id
            """,
            new { atMost },
            ct
        );

    /// <summary>
    /// Queues the articles that show an image whose texts have changed. They are indexed again in the background, since
    /// they may be many.
    /// </summary>
    public static Task ImageSaysAsync(NpgsqlTransaction transaction, Guid image, CancellationToken ct) =>
        transaction.ExecuteAsync(
            """
            insert into search_stale (article_id)
            select article_id from published_article_images where image_id = @image on conflict do nothing
            """,
            new { image },
            ct
        );

    /// <summary>
    /// The way up from a section must not be moved while it is written down: sections that an article came to unseen
    /// would keep it for ever.
    /// </summary>
    private const string HoldTree =
        "select pg_advisory_xact_lock_shared(hashtextextended('cms:sections', 0))";

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

    private const string SelectLive = """
        select content_hash, excerpt, word_count, published_at,
               section_path, author_ids, tag_ids, array(select image_id from published_article_images
                   where article_id = a.id) image_ids,
               coalesce(body = (select r.body from article_revisions r
                   where r.article_id = a.id and r.number = @Revision), false)
                   has_same_body
        from published_articles a where id = @Id
        """;

    private const string KeepShown = """
        update published_articles set revision = @Revision where id = @Id and revision <> @Revision
        """;

    private const string KeepLive = $"""
        {Plans.Settle};
        {KeepShown};
        update articles set status = 'published', published_revision = @Revision
        where id = @Id and (status, published_revision) is distinct from ('published', @Revision)
        """;

    // updated_at moves only if what readers see does: publishing the same content again is no news.
    private static readonly string UpsertArticle = $"""
        insert into published_articles as live (
            id, {ArticleColumns.Names}, revision, content_hash, excerpt, body, section_id, section_path,
                author_ids, tag_ids, related_ids,
            hero_image_id, hero_alt, hero_caption, hero_credit, word_count, reading_minutes, published_at,
                updated_at, sort_headline)
        values (
            @Id, {ArticleColumns.Values}, @Number, @ContentHash, @Excerpt, @Body::jsonb, @SectionId,
                section_path(@SectionId), @AuthorIds,
            @TagIds, @RelatedIds, @HeroId, @HeroAlt, @HeroCaption, @HeroCredit, @WordCount, @ReadingMinutes,
                @publishedAt, @at, @SortHeadline)
        on conflict (id) do update set
            {ArticleColumns.Excluded}, revision = excluded.revision, content_hash = excluded.content_hash,
                excerpt = excluded.excerpt,
            -- The same body is left where it is stored.
            body = case when @HasSameBody then live.body else excluded.body end,
            section_id = excluded.section_id, section_path = excluded.section_path, author_ids = excluded.author_ids,
            tag_ids = excluded.tag_ids, related_ids = excluded.related_ids, hero_image_id = excluded.hero_image_id,
            hero_alt = excluded.hero_alt, hero_caption = excluded.hero_caption, hero_credit = excluded.hero_credit,
            word_count = excluded.word_count, reading_minutes = excluded.reading_minutes,
                published_at = excluded.published_at,
            updated_at = case when @isMinor or live.content_hash = excluded.content_hash then live.updated_at
                else excluded.updated_at end,
            sort_headline = excluded.sort_headline;
        insert into published_slugs (slug, article_id) values (@slug, @Id) on conflict (slug) do nothing;
        """;

    // Rows that stay are changed where they stand: their foreign keys are not checked again.
    private static readonly string WriteJunctions =
        Junction("published_article_sections", "section_id", "section_path")
        + Junction("published_article_authors", "author_id", "author_ids")
        + Junction("published_article_tags", "tag_id", "tag_ids")
        + """
            delete from published_article_images where article_id = @Id and image_id <> all(@ImageIds);
            insert into published_article_images as live (image_id, article_id, in_teaser)
            select image_id, @Id, image_id = any(@InTeaser) from unnest(@ImageIds) u(image_id)
            on conflict (article_id, image_id) do update set in_teaser = excluded.in_teaser
            where live.in_teaser is distinct from excluded.in_teaser;

            """;

    private static string Junction(string table, string id, string ids) =>
        $"""
            delete from {table} j using published_articles a
            where a.id = @Id and j.article_id = a.id and j.{id} <> all(a.{ids});
            insert into {table} as live ({id}, article_id, published_at, updated_at, sort_headline)
            select unnest({ids}), id, published_at, updated_at, sort_headline from published_articles where id = @Id
            on conflict (article_id, {id}) do update
                set published_at = excluded.published_at, updated_at = excluded.updated_at,
                    sort_headline = excluded.sort_headline
            where (live.published_at, live.updated_at, live.sort_headline)
                is distinct from (excluded.published_at, excluded.updated_at, excluded.sort_headline);

            """;

    private static readonly string SelectIndexed = $"""
        select {ArticleColumns.Select("p")}, hero_image_id, hero_alt, hero_caption, hero_credit,
               (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'alt', i.alt, 'caption',
                   i.caption, 'credit', i.credit, 'isEnded', i.usage_ended_at is not null)), '[]')
                from published_article_images u join images i on i.id = u.image_id where u.article_id = p.id) images
        from published_articles p where id = @article
        """;

    private static string UpsertWords(string waits) =>
        $"""
            insert into published_article_words as live (article_id, published_at, language, analysis, words, waits)
            select a.id, a.published_at, s.value, @Version,
                   search_words(@HeadlineWords, @Lead, @Open, @Walled, section_id, author_ids, tag_ids, access,
                       kind, published_at), {waits}
            from published_articles a, settings s where a.id = @Id and s.name = 'search-language'
            on conflict (article_id) do update set
                published_at = excluded.published_at, language = excluded.language, analysis = excluded.analysis,
                    words = excluded.words,
                waits = excluded.waits
            where (live.published_at, live.language, live.analysis, live.words)
                is distinct from (excluded.published_at, excluded.language, excluded.analysis, excluded.words)
            """;

    /// <summary>What readers see of a publication.</summary>
    private static readonly string Show =
        UpsertArticle
        + WriteJunctions
        + UpsertWords(WaitingWords.Wait)
        + """
            ;
            delete from published_withdrawals where article_id = @Id
            """;

    /// <summary>All that a publication writes, in one exchange with the database.</summary>
    private static readonly string WriteLive =
        Show
        + $"""
            ;
            {Plans.Settle};
            update articles set status = 'published', published_revision = @Revision,
                first_published_at = coalesce(first_published_at, @at)
            where id = @Id
            """;

    // Every article at or below the section stands in its junction. 22,000 articles took 6 s at 1,000,000: the indexes'
    // work.
    private const string UpdatePaths = """
        with recursive below(id) as (
            select @section::uuid union all select s.id from sections s join below b on s.parent_id = b.id),
        paths as materialized (select id, section_path(id) path from below)
        update published_articles a set section_path = p.path
        from published_article_sections j, paths p
        where j.section_id = @section and a.id = j.article_id and p.id = a.section_id
        """;

    private const string RewriteSections = """
        with moved as materialized (
            select a.id, a.section_path, a.published_at, a.updated_at, a.sort_headline
            from published_article_sections j join published_articles a on a.id = j.article_id
            where j.section_id = @section),
        gone as (
            delete from published_article_sections j using moved m
            where j.article_id = m.id and j.section_id <> all(m.section_path))
        insert into published_article_sections (section_id, article_id, published_at, updated_at, sort_headline)
        select unnest(section_path), id, published_at, updated_at, sort_headline from moved
        on conflict do nothing
        """;

    // The tag stands where the former one stood, and once.
    private const string ReplaceTag = """
        update published_articles a set tag_ids = (
            select array_agg(u.id order by u.n) from (
                select case i.id when @from then @into else i.id end id, min(i.n) n
                from unnest(a.tag_ids) with ordinality i(id, n) group by 1) u)
        where a.id in (select article_id from published_article_tags where tag_id = @from);
        update published_article_words w set
            words = ts_delete(w.words, 't ' || @from) || (quote_literal('t ' || @into) || ':1B')::tsvector
        where w.article_id in (select article_id from published_article_tags where tag_id = @from);
        insert into published_article_tags (tag_id, article_id, published_at, updated_at, sort_headline)
        select @into, article_id, published_at, updated_at, sort_headline
        from published_article_tags where tag_id = @from on conflict do nothing;
        delete from published_article_tags where tag_id = @from
        """;

    private sealed record IndexedRow : ArticleFacts
    {
        public required Guid? HeroImageId { get; init; }
        public required string? HeroAlt { get; init; }
        public required string? HeroCaption { get; init; }
        public required string? HeroCredit { get; init; }
        public required string Images { get; init; }
    }

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
        /// Whether readers see this revision already, including everything derived from it: a new build may derive it
        /// differently.
        /// </summary>
        public bool Shows(RevisionRow revision, string excerpt, DateTimeOffset publishedAt) =>
            ContentHash.AsSpan().SequenceEqual(revision.ContentHash)
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
