using Cms.Client.Editorial;

namespace Cms.Client.Tests.Editorial;

/// <summary>What goes live together, waits, is withdrawn, or is only talked about; on the real server.</summary>
public sealed class EditorialPlanTests(CmsServer cms)
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

    [Fact]
    public async Task A_batch_does_all_of_its_acts_or_says_which_cannot_be_done()
    {
        using var desk = await ClientAsync();
        var (one, other, third) = (await OpenAsync(desk), await OpenAsync(desk), await OpenAsync(desk));
        var (slug, tag) = (Names.Unique("batch"), Names.Unique("tag"));
        BatchAct[] acts =
        [
            BatchAct.Create(new ArticleDraft { Headline = "New", Slug = slug }, note: "In a batch"),
            BatchAct.Change(one.Id, 1, new ArticlePatch { Deck = null, Headline = "Changed" }, publish: true),
            BatchAct.Publish(
                other.Id,
                new Publication { At = DateTimeOffset.UtcNow.AddDays(1) },
                ifRevision: 1
            ),
            BatchAct.Retag(other.Id, add: [tag]),
            BatchAct.Unpublish(one.Id, new Withdrawal { Reason = WithdrawalReason.Error }),
            BatchAct.Trash(third.Id, 1),
        ];

        var would = await desk.RehearseBatchAsync(acts, Ct);
        Assert.True(would.DryRun);
        Assert.All(would.Results, r => Assert.Null(r.Problem));
        Assert.Null(await desk.Articles.FindAsync(slug, cancellationToken: Ct));
        var did = await desk.RunBatchAsync(acts, cancellationToken: Ct);

        Assert.Equal(
            ["draft", "unpublished", "scheduled", "scheduled", "unpublished", "trashed"],
            did.Results.Select(r => r.Article!.Status.Value)
        );
        var changed = await desk.Articles.GetAsync(one.Id, cancellationToken: Ct);
        Assert.Equal(("Changed", null, "Kicker"), (changed.Headline, changed.Deck, changed.Kicker));
        var tagged = await desk.Articles.GetAsync(other.Id, cancellationToken: Ct);
        Assert.Equal(tag, Assert.Single(tagged.Tags).Name);

        var refused = await Assert.ThrowsAsync<BatchRefusedException>(() =>
            desk.RunBatchAsync(
                [
                    BatchAct.Retag(one.Id, add: [tag]),
                    BatchAct.Trash(other.Id, 1),
                    BatchAct.Unpublish(third.Id),
                ],
                cancellationToken: Ct
            )
        );
        Assert.Equal(
            [(1, ProblemCodes.RevisionChanged), (2, ProblemCodes.WrongStatus)],
            refused.Acts.Select(a => (a.Act, a.Problem.Code))
        );
        Assert.Equal(2, refused.Acts[0].Problem.CurrentRevision);
        Assert.Contains("restore", refused.Acts[1].Problem.Allowed);
        Assert.Empty((await desk.Articles.GetAsync(one.Id, cancellationToken: Ct)).Tags);
    }

    [Fact]
    public async Task Notes_are_written_answered_resolved_and_deleted()
    {
        using var desk = await ClientAsync();
        var article = await OpenAsync(desk);
        var me = await desk.GetMeAsync(Ct);

        var note = await desk.Notes.CreateAsync(
            article.Id,
            new NoteDraft
            {
                Text = "Who says so?",
                Block = article.Body!.Blocks![0].Id,
                Mentions = [me.Id],
            },
            cancellationToken: Ct
        );
        var reply = await desk.Notes.ReplyAsync(
            article.Id,
            note.Id,
            new NoteDraft { Text = "The ministry." },
            cancellationToken: Ct
        );
        Assert.Equal((note.Id, me.Id), (reply.InReplyTo, Assert.Single(note.Mentions).Id));
        var resolved = await desk.Notes.ResolveAsync(article.Id, note.Id, cancellationToken: Ct);
        Assert.Equal(me.Id, resolved.ResolvedBy!.Id);
        Assert.Equal(
            [note.Id, reply.Id],
            await desk
                .Notes.ListAsync(article.Id, new NoteQuery { Resolved = true }, Ct)
                .Select(n => n.Id)
                .ToListAsync(Ct)
        );
        Assert.Null((await desk.Notes.ReopenAsync(article.Id, note.Id, cancellationToken: Ct)).ResolvedAt);
        Assert.Equal("Who says so?", (await desk.Notes.GetAsync(article.Id, note.Id, Ct)).Text);
        await desk.Notes.DeleteAsync(article.Id, reply.Id, Ct);
        await desk.Notes.DeleteAsync(article.Id, note.Id, Ct);
        Assert.Empty(await desk.Notes.ListAsync(article.Id, cancellationToken: Ct).ToListAsync(Ct));
    }
}
