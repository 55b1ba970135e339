using Cms.Access;
using Cms.Editorial.Articles.Bodies;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>Saves working copies: each save is a new, immutable revision, and readers see nothing of it.</summary>
internal static class ArticleWriter
{
    /// <summary>Opens an article as a draft with its first revision. Returns where it stands.</summary>
    /// <param name="parsed">Its body, parsed before the transaction.</param>
    /// <param name="publish">Whether it is to be published at once: what it lacks for that is told with the other
    /// faults.</param>
    /// <param name="found">Faults that are known already, to be told with the others.</param>
    public static async Task<ArticleHead> CreateAsync(
        NpgsqlTransaction transaction,
        ArticleInput input,
        BodyResult? parsed,
        bool publish,
        IEnumerable<Fault> found,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct,
        Guid? knownAs = null,
        string? note = null
    )
    {
        var faults = new Faults();
        foreach (var fault in found)
            faults.Add(fault);
        var body = BlockIds.Complete(
            await SentBody.InheritAsync(
                transaction,
                SentBody.Of(parsed, faults) ?? Body.Empty,
                input.Body,
                ct
            )
        );
        var references = await References.ResolveAsync(
            transaction,
            input,
            body,
            new(caller, Article: null, Known: []),
            faults,
            at,
            ct
        );
        RefuseTimes(input, at, faults);
        if (publish)
            RefuseIncomplete(input, references, body, at, faults);
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
        await RequireReachAsync(transaction, references.SectionId, caller, ct);

        var id = knownAs ?? Ids.New(at);
        var slug = input.Slug;
        if (slug is null)
            slug = await ArticleSlugs.ReserveFreeAsync(transaction, id, input.Headline, current: null, ct);
        else
            await ArticleSlugs.ReserveAsync(transaction, id, slug, caller, ct);

        var content = ArticleContent.Of(input, slug, body, references);
        await transaction.ExecuteAsync(
            InsertArticle,
            new
            {
                id,
                slug,
                content.SectionId,
                content.Headline,
                at,
                by = caller.Id,
            },
            ct
        );
        await InsertRevisionAsync(transaction, id, 1, content, body, note, caller, at, ct);
        return ArticleHead.OfNew(id, slug, input.EmbargoedUntil, caller);
    }

    /// <summary>Saves a patch as the next revision. Returns where the article stands then.</summary>
    /// <param name="parsed">The body that it brings, parsed before the transaction.</param>
    /// <param name="publish">Whether it is to be published at once: what it lacks for that is told with the other
    /// faults.</param>
    public static async Task<ArticleHead> ChangeAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        MergePatch<ArticleInput> patch,
        BodyResult? parsed,
        bool publish,
        Func<ArticleInput, IEnumerable<Fault>> rules,
        string? note,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        head.After(ArticleAct.Change);
        var current = await FindRevisionAsync(transaction, head.Id, head.Revision, ct);
        var unseen = await FindUnseenAsync(transaction, current.RelatedIds, caller, ct);
        var seen = current.RelatedIds.Except(unseen).Where(id => id != head.Id).ToArray();
        var body = BlockIds.Complete(Body.Parse(current.Body));
        References? references = null;
        var input = await patch.ApplyAsync(
            current.ToInput() with
            {
                // Revisions from before this was refused may name the article itself.
                Related = [.. seen.Select(id => id.ToString())],
            },
            rules,
            async (merged, faults) =>
            {
                // A patch without the body keeps it; a patch with null removes it.
                if (patch.Members.ContainsKey("body") && !faults.Touch("/body"))
                    body = BlockIds.Continue(
                        await SentBody.InheritAsync(
                            transaction,
                            SentBody.Of(parsed, faults) ?? Body.Empty,
                            merged.Body,
                            ct
                        ),
                        body
                    );
                references = await References.ResolveAsync(
                    transaction,
                    merged,
                    body,
                    new(caller, head.Id, seen),
                    faults,
                    at,
                    ct
                );
                RefuseTimes(merged, at, faults);
                if (publish)
                    RefuseIncomplete(merged, references, body, at, faults);
            },
            "body"
        );
        input = WithoutForeignWords(input, current, patch);
        references = references! with
        {
            RelatedIds = patch.Members.ContainsKey("related")
                ? [.. references.RelatedIds.Union(unseen).Take(ArticleLimits.Related)]
                :
                [
                    .. current.RelatedIds.Where(id =>
                        references.RelatedIds.Contains(id) || unseen.Contains(id)
                    ),
                ],
        };
        return await SaveAsync(transaction, head, input, body, references, note, caller, at, ct);
    }

    /// <summary>Saves content as the next revision. Returns where the article stands then.</summary>
    public static async Task<ArticleHead> SaveAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        ArticleInput input,
        Body body,
        References references,
        string? note,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        await RequireReachAsync(transaction, references.SectionId, caller, ct);

        var slug = input.Slug;
        if (slug is null)
            slug = await ArticleSlugs.ReserveFreeAsync(transaction, head.Id, input.Headline, head.Slug, ct);
        else if (slug != head.Slug)
            await ArticleSlugs.ReserveAsync(transaction, head.Id, slug, caller, ct);

        var content = ArticleContent.Of(input, slug, body, references);
        var number = head.Revision + 1;
        await InsertRevisionAsync(transaction, head.Id, number, content, body, note, caller, at, ct);
        await transaction.ExecuteAsync(
            UpdateArticle,
            new
            {
                head.Id,
                number,
                slug,
                content.SectionId,
                content.Headline,
                at,
                by = caller.Id,
            },
            ct
        );
        await ArticleSlugs.ReleaseUnusedAsync(transaction, head.Id, slug, ct);
        head = head with { Slug = slug, Revision = number, EmbargoedUntil = content.EmbargoedUntil };
        if (head.HasSchedule && head.EmbargoOf(content) is { } embargo)
            await ScheduleTable.HoldBackAsync(transaction, head.Id, embargo, ct);
        return head;
    }

    /// <summary>Saves content that was saved before, changed in place, as the next revision. Returns where the article
    /// stands then.</summary>
    /// <param name="content">What is saved. It names nothing that the revision before did not name.</param>
    /// <param name="isWorkingCopy">Whether it is what the desk goes on with, and not only what readers see.</param>
    public static async Task<ArticleHead> SaveAgainAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        ArticleContent content,
        bool isWorkingCopy,
        string? note,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var number = head.Revision + 1;
        var body = Body.Parse(content.Body);
        await InsertRevisionAsync(transaction, head.Id, number, content, body, note, caller, at, ct);
        if (isWorkingCopy)
            await transaction.ExecuteAsync(
                UpdateArticle,
                new
                {
                    head.Id,
                    number,
                    content.Slug,
                    content.SectionId,
                    content.Headline,
                    at,
                    by = caller.Id,
                },
                ct
            );
        return head with
        {
            Revision = number,
            EmbargoedUntil = isWorkingCopy ? content.EmbargoedUntil : head.EmbargoedUntil,
        };
    }

    public static async Task<RevisionRow> FindRevisionAsync(
        NpgsqlTransaction transaction,
        Guid article,
        int number,
        CancellationToken ct
    ) =>
        (
            await transaction.FindAsync<RevisionRow>(
                $"""
                select {RevisionRow.Columns} from article_revisions r
                where article_id = @article and number = @number
                """,
                new { article, number },
                ct
            )
        )!;

    /// <summary>
    /// Related articles out of the caller's reach. It cannot have meant to remove them, so they stay.
    /// </summary>
    public static async Task<Guid[]> FindUnseenAsync(
        NpgsqlTransaction transaction,
        Guid[] related,
        Caller caller,
        CancellationToken ct
    ) =>
        caller.SectionIds is null || related.Length == 0
            ? []
            :
            [
                .. await transaction.ListAsync<Guid>(
                    "select a.id from articles a where a.id = any(@related) and not "
                        + $"coalesce({Reach.MayName("a")}, false)",
                    new { related, Reach = Reach.Of(caller) },
                    ct
                ),
            ];

    /// <summary>
    /// Another picture does not inherit what was said of the one before: a caption under the wrong face is worse than
    /// none.
    /// </summary>
    private static ArticleInput WithoutForeignWords(
        ArticleInput input,
        RevisionRow current,
        MergePatch<ArticleInput> patch
    )
    {
        if (input.HeroImage is not { } now || current.HeroImage is not { } before || before.Id == now.Id)
            return input;
        var said = patch.Members["heroImage"]!.AsObject();
        return input with
        {
            HeroImage = now with
            {
                Alt = said.ContainsKey("alt") ? now.Alt : null,
                Caption = said.ContainsKey("caption") ? now.Caption : null,
                Credit = said.ContainsKey("credit") ? now.Credit : null,
            },
        };
    }

    /// <summary>Finds fault with the article's times.</summary>
    public static void RefuseTimes(ArticleInput input, DateTimeOffset at, Faults faults)
    {
        if (input.PublishedAt > at && !faults.Touch("/publishedAt"))
            faults.Add(
                Fault.At(
                    "/publishedAt",
                    "in-the-future",
                    "The date that readers see cannot be in the future."
                )
            );
        if (
            input.EmbargoedUntil is { } embargo
            && !faults.Touch("/embargoedUntil")
            && Ahead.TooFar("/embargoedUntil", embargo, at) is { } fault
        )
            faults.Add(fault);
    }

    private static void RefuseIncomplete(
        ArticleInput input,
        References references,
        Body body,
        DateTimeOffset at,
        Faults faults
    ) =>
        faults.AddIndependent(
            PublicationChecks
                .Missing(references.SectionId, body, input.PublishedAt, at)
                .Where(f => !faults.Touch(f.Pointer!))
                .ToArray()
        );

    private static async Task RequireReachAsync(
        NpgsqlTransaction transaction,
        Guid? section,
        Caller caller,
        CancellationToken ct
    )
    {
        if (caller.SectionIds is null)
            return;
        ArticleHead.RequireReach(
            caller,
            await transaction.FindAsync<Guid[]>("select section_path(@section)", new { section }, ct)
        );
    }

    private static async Task InsertRevisionAsync(
        NpgsqlTransaction transaction,
        Guid article,
        int number,
        ArticleContent content,
        Body body,
        string? note,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        await transaction.ExecuteAsync(
            InsertRevision,
            ArticleColumns.Parameters(
                content,
                new
                {
                    article,
                    number,
                    content.Excerpt,
                    content.Body,
                    content.SectionId,
                    content.AuthorIds,
                    content.TagIds,
                    content.RelatedIds,
                    HeroImage = content.HeroImage is null ? null : Json.WriteText(content.HeroImage),
                    content.PublishedAt,
                    content.EmbargoedUntil,
                    body.WordCount,
                    body.ReadingMinutes,
                    Hash = ContentHash.Of(content),
                    note,
                    at,
                    by = caller.Id,
                    ImageIds = body
                        .ImageIds.Concat(content.HeroImage is null ? [] : [content.HeroImage.Id])
                        .Distinct()
                        .ToArray(),
                    Words = IndexText.Of([content.Headline, content.Kicker, content.Deck, content.Slug]),
                    TextAnalysis.Version,
                }
            ),
            ct
        );
    }

    private const string InsertArticle = """
        insert into articles (id, slug, status, revision, section_id, headline, created_at, created_by,
            updated_at, updated_by)
        values (@id, @slug, 'draft', 1, @SectionId, @Headline, @at, @by, @at, @by)
        """;

    private const string UpdateArticle = """
        update articles set revision = @number, slug = @slug, section_id = @SectionId, headline = @Headline,
            updated_at = @at, updated_by = @by
        where id = @Id
        """;

    // The revision, and what the working copy refers to: foreign keys that keep it from being deleted.
    private static readonly string InsertRevision = $"""
        insert into article_revisions (
            article_id, number, {ArticleColumns.Names}, excerpt, body, section_id, author_ids, tag_ids,
                related_ids, hero_image,
            published_at, embargoed_until, word_count, reading_minutes, content_hash, note, created_at, created_by)
        values (
            @article, @number, {ArticleColumns.Values}, @Excerpt, @Body::jsonb, @SectionId, @AuthorIds, @TagIds,
                @RelatedIds, @HeroImage::jsonb,
            @PublishedAt, @EmbargoedUntil, @WordCount, @ReadingMinutes, @Hash, @note, @at, @by);
        delete from article_authors where article_id = @article and author_id <> all(@AuthorIds);
        insert into article_authors (article_id, author_id) select @article, unnest(@AuthorIds) on conflict do nothing;
        delete from article_tags where article_id = @article and tag_id <> all(@TagIds);
        insert into article_tags (article_id, tag_id) select @article, unnest(@TagIds) on conflict do nothing;
        delete from article_images where article_id = @article and image_id <> all(@ImageIds);
        insert into article_images (article_id, image_id) select @article, unnest(@ImageIds) on conflict do nothing;
        insert into article_words (article_id, analysis, words)
        values (@article, @Version, to_tsvector('search_simple', @Words))
        on conflict (article_id) do update set analysis = excluded.analysis, words = excluded.words;
        """;
}
