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

    [Fact]
    public async Task Lists_are_walked_page_by_page_and_filtered()
    {
        using var desk = await ClientAsync();
        var section = await cms.SectionAsync();
        var made = new List<Guid>();
        for (var n = 0; n < 5; n++)
            made.Add(
                (
                    await desk.Articles.CreateAsync(
                        new ArticleDraft { Headline = Names.Unique("listed"), Section = section },
                        cancellationToken: Ct
                    )
                ).Id
            );
        var query = new EditorialQuery
        {
            Sections = [section],
            Statuses = [ArticleStatus.Draft, ArticleStatus.InReview],
            Sort = EditorialSort.OldestFirst,
            PageSize = 2,
            Total = TotalCount.Exact,
        };

        var all = await desk.Articles.ListAsync(query, Ct).Select(a => a.Id).ToListAsync(Ct);
        var page = await desk.Articles.GetPageAsync(query, cancellationToken: Ct);

        Assert.Equal(made, all);
        Assert.Equal((2, 5), (page.Items.Count, page.Total));
        Assert.Empty(
            await desk
                .Articles.ListAsync(query with { Statuses = [ArticleStatus.Published] }, Ct)
                .ToListAsync(Ct)
        );
    }

    [Fact]
    public async Task Revisions_are_listed_read_compared_and_restored()
    {
        using var desk = await ClientAsync();
        var article = await OpenAsync(desk);
        var second = await desk.Articles.ChangeAsync(
            article.Id,
            1,
            new ArticlePatch { Deck = "Second", Body = WrittenBody.FromMarkdown("One.") },
            new ChangeOptions { Note = "Kürzer" },
            Ct
        );

        var revisions = await desk.Revisions.ListAsync(article.Id, cancellationToken: Ct).ToListAsync(Ct);
        var first = await desk.Revisions.GetAsync(article.Id, 1, cancellationToken: Ct);
        var comparison = await desk.Revisions.CompareAsync(article.Id, 1, 2, Ct);
        var restored = await desk.Revisions.RestoreAsync(
            article.Id,
            1,
            second.Revision,
            new RestoreOptions { Note = "Back" },
            Ct
        );

        Assert.Equal([2, 1], revisions.Select(r => r.Number));
        Assert.Equal("Kürzer", revisions[0].Note);
        Assert.Equal(2, revisions[0].Words.Removed);
        Assert.Equal((1, "Deck"), (first.Revision, first.Deck));
        Assert.Equal("Second", Assert.Single(comparison.Members).After.GetString());
        Assert.Equal(2, comparison.Blocks.Count(b => b.Change == BlockChangeKind.Removed));
        Assert.Equal((3, "Deck"), (restored.Revision, restored.Deck));
    }

    [Fact]
    public async Task Previews_are_made_listed_and_revoked()
    {
        using var desk = await ClientAsync();
        var article = await OpenAsync(desk);

        var made = await desk.Previews.CreateAsync(
            article.Id,
            new PreviewDraft { Revision = 1, Note = "For the source" },
            cancellationToken: Ct
        );
        var listed = await desk.Previews.ListAsync(article.Id, cancellationToken: Ct).SingleAsync(Ct);
        using var http = new HttpClient();
        var shown = await http.GetAsync(desk.Absolute(made.Url), Ct);
        await desk.Previews.RevokeAsync(article.Id, made.Id, Ct);
        var gone = await http.GetAsync(desk.Absolute(made.Url), Ct);

        Assert.Equal((made.Id, 1, "For the source"), (listed.Id, listed.Revision, listed.Note));
        Assert.True(shown.IsSuccessStatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain(made.Token, made.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sections_authors_tags_and_images_are_kept()
    {
        using var desk = await ClientAsync();
        var (name, other) = (Names.Unique("name"), Names.Unique("other"));
        var above = await desk.Sections.CreateAsync(new SectionDraft { Name = other }, cancellationToken: Ct);
        var section = await desk.Sections.CreateAsync(
            new SectionDraft
            {
                Name = name,
                Description = "D",
                Parent = above.Slug,
                Position = 3,
            },
            cancellationToken: Ct
        );
        section = await desk.Sections.ChangeAsync(
            section.Id,
            section.Revision,
            new SectionPatch
            {
                Name = name + "2",
                Description = null,
                Position = 4,
                Parent = null,
            },
            cancellationToken: Ct
        );
        Assert.Equal(
            (name + "2", null, 4, null, 2),
            (section.Name, section.Description, section.Position, section.Parent, section.Revision)
        );

        using var file = new MemoryStream(Pictures.Png());
        var image = await desk.Images.UploadAsync(
            file,
            new ImageDraft { Caption = "C", Credit = "Me" },
            cancellationToken: Ct
        );
        image = await desk.Images.ChangeAsync(
            image.Id,
            image.Revision,
            new ImagePatch
            {
                Caption = null,
                FocalPoint = new FocalPoint { X = 0, Y = 1 },
            },
            cancellationToken: Ct
        );
        Assert.Equal((null, "Me", 1.0), (image.Caption, image.Credit, image.FocalPoint!.Y));

        var author = await desk.Authors.CreateAsync(
            new AuthorDraft
            {
                Name = name,
                Social = new Dictionary<string, string> { ["mastodon"] = "@a@example.org", ["x"] = "a" },
                Avatar = image.Id,
                Email = "a@example.org",
            },
            cancellationToken: Ct
        );
        author = await desk.Authors.ChangeAsync(
            author.Slug,
            author.Revision,
            new AuthorPatch
            {
                Social = new Dictionary<string, string?> { ["x"] = null },
                JobTitle = "Reporter",
            },
            cancellationToken: Ct
        );
        Assert.Equal(("mastodon", "Reporter"), (Assert.Single(author.Social).Key, author.JobTitle));
        Assert.Equal(image.Id, author.Avatar!.Id);
        var used = await Assert.ThrowsAsync<InUseException>(() =>
            desk.Images.DeleteAsync(image.Id, image.Revision, Ct)
        );
        Assert.Equal(("author", author.Id), (used.UsedBy[0].Type, used.UsedBy[0].Id));

        var tag = await desk.Tags.CreateAsync(new TagDraft { Name = name }, cancellationToken: Ct);
        tag = await desk.Tags.ChangeAsync(
            tag.Id,
            tag.Revision,
            new TagPatch { Name = other },
            cancellationToken: Ct
        );
        Assert.Equal(tag, await desk.Tags.ListAsync(new NameQuery { Words = other }, Ct).SingleAsync(Ct));
        var conflict = await Assert.ThrowsAsync<EditConflictException>(() =>
            desk.Tags.ChangeAsync(tag.Id, 1, new TagPatch { Name = name }, cancellationToken: Ct)
        );
        Assert.Equal((2, null), (conflict.CurrentRevision, conflict.ChangedBy));

        await desk.Tags.DeleteAsync(tag.Id, tag.Revision, Ct);
        await desk.Authors.DeleteAsync(author.Id, author.Revision, Ct);
        await desk.Images.DeleteAsync(image.Id, image.Revision, Ct);
        await desk.Sections.DeleteAsync(section.Id, section.Revision, Ct);
        Assert.Null(await desk.Tags.FindAsync(tag.Id, Ct));
        Assert.Null(await desk.Images.FindAsync(image.Id, Ct));
        Assert.Null(await desk.Sections.FindAsync(section.Slug, Ct));
    }

    [Fact]
    public async Task All_faults_come_at_once_with_their_places()
    {
        using var desk = await ClientAsync();

        var problem = await Assert.ThrowsAsync<CmsProblemException>(() =>
            desk.Articles.CreateAsync(
                new ArticleDraft
                {
                    Headline = "",
                    Section = "no-such-section",
                    Authors = ["nobody-at-all"],
                },
                cancellationToken: Ct
            )
        );

        Assert.Equal(ProblemCodes.Invalid, problem.Code);
        Assert.Equal(["/authors/0", "/headline", "/section"], problem.Errors.Select(e => e.Pointer).Order());
    }

    [Fact]
    public async Task One_knows_who_one_is_and_what_was_done()
    {
        using var desk = await ClientAsync();
        using var contributor = await ClientAsync(Cms.Access.Role.Contributor);
        var me = await contributor.GetMeAsync(Ct);
        var article = await OpenAsync(contributor);
        await Assert.ThrowsAsync<CmsProblemException>(() =>
            contributor.Articles.PublishAsync(article.Id, cancellationToken: Ct)
        );

        Assert.Equal((Role.Contributor, true, null), (me.Role, me.OwnArticlesOnly, me.Sections));
        Assert.Contains("article.submit", me.Acts);
        var records = await desk
            .Audit.ListAsync(new AuditQuery { Actor = me.Id, PageSize = 1 }, Ct)
            .ToListAsync(Ct);
        Assert.Equal(["article.publish", "article.create"], records.Select(r => r.Act));
        Assert.Equal(
            (AuditOutcome.Refused, ProblemCodes.Forbidden),
            (records[0].Outcome, records[0].Refusal)
        );
        Assert.Equal(
            (article.Id, 1, me.Name),
            (records[1].EntityId, records[1].ToRevision, records[1].Actor.Name)
        );
    }

    [Fact]
    public async Task A_release_goes_live_as_one_and_is_put_back()
    {
        using var desk = await ClientAsync();
        var (one, other) = (await OpenAsync(desk), await OpenAsync(desk));
        await desk.Articles.PublishAsync(other.Id, cancellationToken: Ct);
        var name = Names.Unique("release");

        var release = await desk.Releases.CreateAsync(
            new ReleaseDraft
            {
                Name = name,
                At = DateTimeOffset.UtcNow.AddDays(1),
                Items =
                [
                    new ReleaseItemDraft
                    {
                        Article = one.Slug,
                        Act = ReleaseAct.Publish,
                        Revision = 1,
                    },
                ],
            },
            cancellationToken: Ct
        );
        Assert.Equal((ReleaseStatus.Scheduled, 1), (release.Status, release.ItemCount));
        release = await desk.Releases.ChangeAsync(
            release.Id,
            release.Revision,
            new ReleasePatch
            {
                At = null,
                Items =
                [
                    new ReleaseItemDraft { Article = one.Slug, Act = ReleaseAct.Publish },
                    new ReleaseItemDraft { Article = other.Slug, Act = ReleaseAct.Unpublish },
                ],
            },
            cancellationToken: Ct
        );
        Assert.Equal((ReleaseStatus.Open, name), (release.Status, release.Name));
        Assert.True((await desk.Releases.GetChecksAsync(release.Id, Ct)).CanBePublished);
        var preview = await desk.Releases.CreatePreviewAsync(release.Id, cancellationToken: Ct);
        Assert.Equal(
            preview.Id,
            (await desk.Releases.ListPreviewsAsync(release.Id, cancellationToken: Ct).SingleAsync(Ct)).Id
        );
        await desk.Releases.RevokePreviewAsync(release.Id, preview.Id, Ct);

        var live = await desk.Releases.PublishAsync(
            release.Id,
            new ActOptions { IfRevision = release.Revision },
            Ct
        );
        Assert.Equal(ReleaseStatus.Published, live.Status);
        Assert.Equal(
            [ArticleStatus.Published, ArticleStatus.Unpublished],
            live.Items.Select(i => i.Article.Status)
        );
        var back = await desk.Releases.RevertAsync(live.Id, cancellationToken: Ct);
        Assert.Equal(live.Id, back.Reverts);
        Assert.Equal(
            ArticleStatus.Unpublished,
            (await desk.Articles.GetAsync(one.Id, cancellationToken: Ct)).Status
        );
        var published = desk.Releases.ListAsync(
            new ReleaseQuery { Statuses = [ReleaseStatus.Published], PageSize = 1 },
            Ct
        );
        Assert.Contains(live.Id, await published.Select(r => r.Id).ToListAsync(Ct));

        var draft = await desk.Releases.CreateAsync(
            new ReleaseDraft { Name = Names.Unique("release") },
            cancellationToken: Ct
        );
        await desk.Releases.DeleteAsync(draft.Id, draft.Revision, Ct);
        Assert.Null(await desk.Releases.FindAsync(draft.Id, Ct));
    }

    [Fact]
    public async Task Embargoes_withdrawals_and_what_is_no_news_are_said_and_read()
    {
        using var desk = await ClientAsync();
        var (article, other) = (await OpenAsync(desk), await OpenAsync(desk));
        await desk.Articles.PublishAsync(other.Id, cancellationToken: Ct);
        var until = new DateTimeOffset(DateTimeOffset.UtcNow.Year + 1, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var held = await desk.Articles.ChangeAsync(
            article.Id,
            1,
            new ArticlePatch { EmbargoedUntil = until },
            new ChangeOptions { Publish = true },
            Ct
        );
        Assert.Equal(
            (until, until, ArticleStatus.Scheduled),
            (held.EmbargoedUntil, held.ScheduledFor, held.Status)
        );
        var free = await desk.Articles.ChangeAsync(
            article.Id,
            2,
            new ArticlePatch { EmbargoedUntil = null },
            cancellationToken: Ct
        );
        Assert.Null(free.EmbargoedUntil);
        await desk.Articles.PublishAsync(article.Id, cancellationToken: Ct);
        await desk.Articles.ChangeAsync(
            article.Id,
            3,
            new ArticlePatch { Deck = "New" },
            cancellationToken: Ct
        );
        var minor = await desk.Articles.PublishAsync(
            article.Id,
            new Publication { At = until, Minor = true },
            cancellationToken: Ct
        );
        Assert.True(minor.ScheduledAsMinor);

        var withdrawn = await desk.Articles.UnpublishAsync(
            article.Id,
            new Withdrawal
            {
                Reason = WithdrawalReason.Duplicate,
                Notice = "It was there twice.",
                ReplacedBy = other.Slug,
            },
            cancellationToken: Ct
        );
        Assert.Equal(
            (WithdrawalReason.Duplicate, "It was there twice.", other.Id),
            (withdrawn.Withdrawal!.Reason, withdrawn.Withdrawal.Notice, withdrawn.Withdrawal.ReplacedBy!.Id)
        );
        Assert.Equal(ActorKind.Key, withdrawn.UpdatedBy!.Kind);
    }
}
