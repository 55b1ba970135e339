using Cms.Client.Editorial;

namespace Cms.Client.Tests.Editorial;

/// <summary>The desk's work, through the client, on the real server.</summary>
public sealed class EditorialTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<EditorialClient> ClientAsync(Cms.Access.Role role = Cms.Access.Role.Admin) =>
        new(new CmsClientOptions { BaseAddress = cms.Address, ApiKey = (await cms.NewKeyAsync(role)).Token });

    private async Task<EditorialArticle> OpenAsync(EditorialClient desk, WrittenBody? body = null) =>
        await desk.Articles.CreateAsync(
            new ArticleDraft
            {
                Headline = Names.Unique("headline"),
                Deck = "Deck",
                Kicker = "Kicker",
                Section = await cms.SectionAsync(),
                Body = body ?? WrittenBody.FromMarkdown("One.\n\nTwo.\n\nThree."),
            },
            cancellationToken: Ct
        );

    [Fact]
    public async Task Everything_that_is_written_is_read_again()
    {
        using var desk = await ClientAsync();
        using var file = new MemoryStream(Pictures.Png());
        var image = await desk.Images.UploadAsync(
            file,
            new ImageDraft
            {
                FileName = "boat.png",
                Alt = "A boat – at sea",
                FocalPoint = new FocalPoint { X = 0.25, Y = 0.5 },
            },
            cancellationToken: Ct
        );
        var (section, author, other) = (
            await cms.SectionAsync(),
            await cms.AuthorAsync(),
            await OpenAsync(desk)
        );
        var draft = new ArticleDraft
        {
            Slug = Names.Unique("slug"),
            Kicker = "Kicker",
            Headline = "Headline",
            Deck = "Deck",
            Excerpt = "Excerpt",
            Body = WrittenBody.FromHtml("<p>Text</p><script>no</script>"),
            Section = section,
            Authors = [author],
            HeroImage = new HeroImage { Id = image.Id, Caption = "Here" },
            Tags = [Names.Unique("tag")],
            Access = ArticleAccess.Subscriber,
            Disclosure = "Ours",
            Corrections = [new Correction { At = DateTimeOffset.UnixEpoch, Text = "Was wrong" }],
            Seo = new Seo { Title = "For machines" },
            Related = [other.Slug],
            PublishedAt = DateTimeOffset.UnixEpoch,
        };

        var made = await desk.Articles.CreateAsync(
            draft,
            new SaveOptions { Note = "Erste Fassung, 100 %" },
            Ct
        );
        var read = await desk.Articles.GetAsync(made.Id, cancellationToken: Ct);

        Assert.Equal((draft.Slug, draft.Kicker, draft.Headline), (read.Slug, read.Kicker, read.Headline));
        Assert.Equal((draft.Deck, draft.Excerpt, draft.Access), (read.Deck, read.Excerpt, read.Access));
        Assert.Equal((section, author), (read.Section!.Slug, Assert.Single(read.Authors).Slug));
        Assert.Equal(
            (image.Id, "Here", "A boat – at sea"),
            (read.HeroImage!.Id, read.HeroImage.Caption, image.Alt)
        );
        Assert.Equal(draft.Tags[0], Assert.Single(read.Tags).Name);
        Assert.Equal(
            (draft.Disclosure, draft.Seo, draft.PublishedAt),
            (read.Disclosure, read.Seo, read.PublishedAt)
        );
        Assert.Equal(draft.Corrections, read.Corrections);
        Assert.Equal(other.Id, Assert.Single(read.Related).Id);
        Assert.Equal("Text", Assert.IsType<ParagraphBlock>(Assert.Single(read.Body!.Blocks!)).Html);
        Assert.Equal("script", Assert.Single(made.Warnings).Element);
        Assert.Equal(ArticleStatus.Draft, read.Status);
        Assert.Equal(
            "Erste Fassung, 100 %",
            (await desk.Revisions.ListAsync(made.Id, cancellationToken: Ct).SingleAsync(Ct)).Note
        );
        Assert.Null(read.OtherMembers?.Keys.FirstOrDefault(k => k != "url"));
    }

    [Fact]
    public async Task What_is_assigned_null_is_removed_and_what_is_not_assigned_stays()
    {
        using var desk = await ClientAsync();
        var article = await OpenAsync(desk);

        var saved = await desk.Articles.ChangeAsync(
            article.Id,
            article.Revision,
            new ArticlePatch { Deck = null },
            cancellationToken: Ct
        );

        Assert.Null(saved.Deck);
        Assert.Equal((article.Kicker, article.Headline), (saved.Kicker, saved.Headline));
        Assert.Equal(article.Body!.Blocks!.Count, saved.Body!.Blocks!.Count);
    }

    [Fact]
    public async Task Every_member_of_a_patch_is_sent()
    {
        using var desk = await ClientAsync();
        var article = await OpenAsync(desk);
        var (section, author, other) = (
            await cms.SectionAsync(),
            await cms.AuthorAsync(),
            await OpenAsync(desk)
        );
        using var file = new MemoryStream(Pictures.Png());
        var image = await desk.Images.UploadAsync(file, cancellationToken: Ct);
        var slug = Names.Unique("slug");

        var saved = await desk.Articles.ChangeAsync(
            article.Id,
            article.Revision,
            new ArticlePatch
            {
                Slug = slug,
                Kicker = "K",
                Headline = "H",
                Deck = "D",
                Excerpt = "E",
                Body = WrittenBody.FromMarkdown("B"),
                Section = section,
                Authors = [author],
                HeroImage = new HeroImage { Id = image.Id, Alt = "A" },
                Tags = [Names.Unique("tag")],
                Access = ArticleAccess.Registered,
                Disclosure = "Ours",
                Corrections = [new Correction { At = DateTimeOffset.UnixEpoch, Text = "C" }],
                Seo = new Seo { Title = "T" },
                Related = [other.Slug],
                PublishedAt = DateTimeOffset.UnixEpoch,
            },
            cancellationToken: Ct
        );

        Assert.Equal(
            (slug, "K", "H", "D", "E"),
            (saved.Slug, saved.Kicker, saved.Headline, saved.Deck, saved.Excerpt)
        );
        Assert.Equal("B", Assert.IsType<ParagraphBlock>(Assert.Single(saved.Body!.Blocks!)).Html);
        Assert.Equal((section, author), (saved.Section!.Slug, Assert.Single(saved.Authors).Slug));
        Assert.Equal((image.Id, "A"), (saved.HeroImage!.Id, saved.HeroImage.Alt));
        Assert.Equal((1, 1, 1), (saved.Tags.Count, saved.Corrections.Count, saved.Related.Count));
        Assert.Equal(
            (ArticleAccess.Registered, "Ours", "T"),
            (saved.Access, saved.Disclosure, saved.Seo!.Title)
        );
        Assert.Equal(DateTimeOffset.UnixEpoch, saved.PublishedAt);
    }

    [Fact]
    public async Task Blocks_can_be_written_back_as_they_were_read()
    {
        using var desk = await ClientAsync();
        using var file = new MemoryStream(Pictures.Png());
        var image = await desk.Images.UploadAsync(file, new ImageDraft { Alt = "A" }, cancellationToken: Ct);
        var article = await OpenAsync(
            desk,
            WrittenBody.FromMarkdown(
                $"One.\n\n## Two\n\n- a\n- b\n\n> q\n\n![A](/media/{image.Id}/original)\n\n```\nx\n```\n\n"
                    + "| h |\n|---|\n| 1 |\n\n---\n\nLast."
            )
        );
        var blocks = article.Body!.Blocks!;

        var saved = await desk.Articles.ChangeAsync(
            article.Id,
            article.Revision,
            new ArticlePatch
            {
                Body = WrittenBody.FromBlocks([
                    .. blocks.SkipLast(1),
                    ((ParagraphBlock)blocks[^1]) with
                    {
                        Html = "End.",
                    },
                ]),
            },
            cancellationToken: Ct
        );

        Assert.Equal(9, blocks.Count);
        var comparison = await desk.Revisions.CompareAsync(article.Id, 1, saved.Revision, Ct);
        var change = Assert.Single(comparison.Blocks);
        Assert.Equal((blocks[^1].Id, BlockChangeKind.Changed), (change.Id, change.Change));
        Assert.Empty(comparison.Members);
        Assert.Contains(
            Assert.Single(change.Edits).Pieces!,
            piece =>
                piece.Change == PieceChange.Inserted && piece.Html!.Contains("End", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_conflict_says_who_changed_what_and_when()
    {
        using var desk = await ClientAsync();
        using var other = await ClientAsync(Cms.Access.Role.Editor);
        var article = await OpenAsync(desk);
        var theirs = await other.Articles.ChangeAsync(
            article.Id,
            1,
            new ArticlePatch { Headline = "Theirs", Kicker = null },
            cancellationToken: Ct
        );

        var conflict = await Assert.ThrowsAsync<EditConflictException>(() =>
            desk.Articles.ChangeAsync(
                article.Id,
                1,
                new ArticlePatch { Headline = "Mine" },
                cancellationToken: Ct
            )
        );

        Assert.Equal(ProblemCodes.RevisionChanged, conflict.Code);
        Assert.Equal(2, conflict.CurrentRevision);
        Assert.Equal((await other.GetMeAsync(Ct)).Id, conflict.ChangedBy!.Id);
        Assert.Equal(theirs.UpdatedAt, conflict.ChangedAt);
        Assert.Equal(["headline", "kicker"], conflict.Changed!.Order());
        Assert.Empty(conflict.Conflicts);
    }

    [Fact]
    public async Task An_edit_is_merged_or_the_conflict_names_its_members_and_blocks()
    {
        using var desk = await ClientAsync();
        var article = await OpenAsync(desk);
        var blocks = article.Body!.Blocks!;
        WrittenBody With(int n, string html) =>
            WrittenBody.FromBlocks([
                .. blocks.Select((b, i) => i == n ? ((ParagraphBlock)b) with { Html = html } : b),
            ]);
        await desk.Articles.ChangeAsync(
            article.Id,
            1,
            new ArticlePatch { Deck = "Theirs", Body = With(0, "Theirs.") },
            cancellationToken: Ct
        );
        var merge = new ChangeOptions { Merge = true, Note = "Merged" };

        var merged = await desk.Articles.ChangeAsync(
            article.Id,
            1,
            new ArticlePatch { Kicker = "Mine", Body = With(2, "Mine.") },
            merge,
            Ct
        );
        var conflict = await Assert.ThrowsAsync<EditConflictException>(() =>
            desk.Articles.ChangeAsync(
                article.Id,
                1,
                new ArticlePatch { Deck = "Mine", Body = With(0, "Mine.") },
                merge,
                Ct
            )
        );

        Assert.Equal(("Theirs", "Mine"), (merged.Deck, merged.Kicker));
        Assert.Equal(
            ["Theirs.", "Two.", "Mine."],
            merged.Body!.Blocks!.Select(b => ((ParagraphBlock)b).Html)
        );
        Assert.Equal(ProblemCodes.MergeConflict, conflict.Code);
        Assert.Equal(
            [("body", blocks[0].Id), ("deck", null)],
            conflict.Conflicts.Select(c => (c.Member, c.Block)).Order()
        );
        Assert.All(
            conflict.Conflicts,
            c => Assert.Equal((EditAct.Changed, EditAct.Changed), (c.Mine, c.Theirs))
        );
    }

    [Fact]
    public async Task An_article_goes_its_way_from_draft_to_trash()
    {
        using var contributor = await ClientAsync(Cms.Access.Role.Contributor);
        using var desk = await ClientAsync();
        var id = (await OpenAsync(contributor)).Id;
        var at = DateTimeOffset.UtcNow.AddDays(1);
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));

        Assert.Equal(
            ArticleStatus.InReview,
            (await contributor.Articles.SubmitAsync(id, cancellationToken: Ct)).Status
        );
        var rejected = await desk.Articles.RejectAsync(id, "Who says so?", cancellationToken: Ct);
        Assert.Equal((ArticleStatus.Draft, "Who says so?"), (rejected.Status, rejected.Rejection!.Note));
        var scheduled = await desk.Articles.PublishAsync(
            id,
            new Publication { At = at, Until = at.AddDays(1) },
            new ActOptions { IfRevision = 1 },
            Ct
        );
        Assert.Equal(ArticleStatus.Scheduled, scheduled.Status);
        Assert.Equal(
            (at, at.AddDays(1), 1),
            (scheduled.ScheduledFor, scheduled.ScheduledUntil, scheduled.ScheduledRevision)
        );
        Assert.Equal(
            ArticleStatus.Draft,
            (await desk.Articles.CancelScheduleAsync(id, cancellationToken: Ct)).Status
        );
        var published = await desk.Articles.PublishAsync(id, cancellationToken: Ct);
        Assert.Equal((ArticleStatus.Published, 1), (published.Status, published.PublishedRevision));
        var corrected = await desk.Articles.CorrectAsync(id, "It was 2019.", cancellationToken: Ct);
        Assert.Equal("It was 2019.", Assert.Single(corrected.Corrections).Text);
        var withdrawn = await desk.Articles.UnpublishAsync(
            id,
            new Withdrawal { At = at },
            cancellationToken: Ct
        );
        Assert.Equal(at, withdrawn.ScheduledUntil);
        Assert.Equal(
            ArticleStatus.Unpublished,
            (await desk.Articles.UnpublishAsync(id, cancellationToken: Ct)).Status
        );
        await desk.Articles.TrashAsync(id, corrected.Revision, Ct);
        Assert.Equal(
            ArticleStatus.Unpublished,
            (await desk.Articles.RestoreAsync(id, cancellationToken: Ct)).Status
        );

        var wrong = await Assert.ThrowsAsync<WrongStatusException>(() =>
            desk.Articles.UnpublishAsync(id, cancellationToken: Ct)
        );
        Assert.Contains("publish", wrong.Allowed);
        var moved = await Assert.ThrowsAsync<EditConflictException>(() =>
            desk.Articles.PublishAsync(id, options: new ActOptions { IfRevision = 1 }, cancellationToken: Ct)
        );
        Assert.Equal(corrected.Revision, moved.CurrentRevision);
    }
}
