using Cms.Client.Editorial;

namespace Cms.Client.Tests.Editorial;

/// <summary>Lists, revisions, previews, what articles refer to, and who did what; on the real server.</summary>
public sealed class EditorialDeskTests(CmsServer cms)
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
}
