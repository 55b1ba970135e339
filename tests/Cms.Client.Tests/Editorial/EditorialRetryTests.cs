using Cms.Client.Editorial;
using Cms.Client.Tests.Support;

namespace Cms.Client.Tests.Editorial;

/// <summary>The server has done it, and its answer is lost.</summary>
public sealed class EditorialRetryTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private async Task<EditorialClient> ClientAsync(
        Uri address,
        int maxRetries = 4,
        Cms.Access.Role role = Cms.Access.Role.Admin
    ) =>
        new(
            new CmsClientOptions
            {
                BaseAddress = address,
                ApiKey = (await cms.NewKeyAsync(role)).Token,
                MaxRetries = maxRetries,
                RetryDelay = Soon,
            }
        );

    private Task<ArticleDraft> DraftAsync() => DraftAsync(Names.Unique("lost"));

    private async Task<ArticleDraft> DraftAsync(string headline) =>
        new()
        {
            Headline = headline,
            Section = await cms.SectionAsync(),
            Body = WrittenBody.FromMarkdown("One."),
        };

    [Fact]
    public async Task A_lost_answer_makes_no_second_article()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address);
        var draft = await DraftAsync();
        proxy.Cuts = 2;

        var article = await desk.Articles.CreateAsync(draft, cancellationToken: Ct);

        Assert.Equal(3, proxy.Keys.Count);
        Assert.Single(proxy.Keys.Distinct());
        Assert.NotNull(proxy.Keys.First());
        var all = desk.Articles.ListAsync(new EditorialQuery { Sections = [draft.Section!] }, Ct);
        Assert.Equal(article.Id, (await all.SingleAsync(Ct)).Id);
    }

    [Fact]
    public async Task Each_call_has_a_key_of_its_own_unless_the_caller_gives_one()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address);
        var draft = await DraftAsync();
        var options = new SaveOptions { IdempotencyKey = Names.Unique("queue") };

        var first = await desk.Articles.CreateAsync(draft, options, Ct);
        var again = await desk.Articles.CreateAsync(draft, options, Ct);
        var other = await desk.Articles.CreateAsync(draft, cancellationToken: Ct);
        var another = await desk.Articles.CreateAsync(draft, cancellationToken: Ct);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(4, new[] { first.Id, other.Id, another.Id, Guid.Empty }.Distinct().Count());
        Assert.Equal(3, proxy.Keys.Distinct().Count());
    }

    [Fact]
    public async Task A_key_that_was_sent_with_another_request_is_refused()
    {
        using var desk = await ClientAsync(cms.Address);
        var options = new SaveOptions { IdempotencyKey = Names.Unique("queue") };
        await desk.Articles.CreateAsync(await DraftAsync(), options, Ct);

        var problem = await Assert.ThrowsAsync<CmsProblemException>(async () =>
            await desk.Articles.CreateAsync(await DraftAsync(), options, Ct)
        );

        Assert.Equal(ProblemCodes.IdempotencyKeyReused, problem.Code);
    }

    [Fact]
    public async Task A_lost_answer_to_a_change_is_no_conflict_with_oneself()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address);
        var article = await desk.Articles.CreateAsync(await DraftAsync(), cancellationToken: Ct);
        proxy.Cuts = 1;

        var saved = await desk.Articles.ChangeAsync(
            article.Id,
            article.Revision,
            new ArticlePatch { Deck = "Once" },
            cancellationToken: Ct
        );

        Assert.Equal((2, "Once"), (saved.Revision, saved.Deck));
        Assert.Equal(2, (await desk.Articles.GetAsync(article.Id, cancellationToken: Ct)).Revision);
    }

    [Fact]
    public async Task A_lost_answer_to_a_publication_and_an_upload_does_them_once()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address);
        var article = await desk.Articles.CreateAsync(await DraftAsync(), cancellationToken: Ct);
        proxy.Cuts = 1;
        var published = await desk.Articles.PublishAsync(article.Id, cancellationToken: Ct);
        proxy.Cuts = 1;
        using var file = new MemoryStream(Pictures.Png());
        var alt = Names.Unique("alt");
        var image = await desk.Images.UploadAsync(file, new ImageDraft { Alt = alt }, cancellationToken: Ct);

        Assert.Equal(ArticleStatus.Published, published.Status);
        var acts = desk.Audit.ListAsync(
            new AuditQuery { Entity = article.Id, Acts = ["article.publish"] },
            Ct
        );
        Assert.Equal(AuditOutcome.Done, (await acts.SingleAsync(Ct)).Outcome);
        Assert.Equal(
            1,
            await cms.ScalarAsync<int>("select count(*)::int from images where alt = @alt", new { alt })
        );
        Assert.Equal(alt, image.Alt);
    }

    [Fact]
    public async Task A_lost_answer_to_a_deletion_is_a_deletion()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address);
        var article = await desk.Articles.CreateAsync(await DraftAsync(), cancellationToken: Ct);
        var author = await desk.Authors.CreateAsync(
            new AuthorDraft { Name = Names.Unique("author") },
            cancellationToken: Ct
        );
        proxy.Cuts = 1;
        await desk.Articles.TrashAsync(article.Id, article.Revision, Ct);
        proxy.Cuts = 1;
        await desk.Articles.DeletePermanentlyAsync(article.Id, article.Revision, Ct);
        proxy.Cuts = 1;
        await desk.Authors.DeleteAsync(author.Id, author.Revision, Ct);

        Assert.Null(await desk.Articles.FindAsync(article.Id, cancellationToken: Ct));
        Assert.Null(await desk.Authors.FindAsync(author.Id, Ct));
        // Without a lost answer before it, a deletion of what is not there is told.
        var problem = await Assert.ThrowsAsync<CmsProblemException>(() =>
            desk.Authors.DeleteAsync(author.Id, author.Revision, Ct)
        );
        Assert.Equal(ProblemCodes.NotFound, problem.Code);
    }

    [Fact]
    public async Task What_is_still_under_way_is_asked_for_again()
    {
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                context.Response.StatusCode = 409;
                context.Response.Headers.RetryAfter = "0";
                context.Response.ContentType = "application/problem+json";
                await context.Response.Body.WriteAsync(
                    """{"code":"request-in-progress","detail":"Wait."}"""u8.ToArray()
                );
            },
            Answers.Json(EditorialAnswers.Article())
        );
        using var desk = await ClientAsync(server.Address);

        var article = await desk.Articles.SubmitAsync("a", cancellationToken: Ct);

        Assert.Equal("H", article.Headline);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_refusal_is_not_asked_for_again()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address);

        await Assert.ThrowsAsync<CmsProblemException>(() =>
            desk.Articles.CreateAsync(new ArticleDraft { Headline = "" }, cancellationToken: Ct)
        );

        Assert.Single(proxy.Keys);
    }

    [Fact]
    public async Task A_client_that_does_not_retry_says_that_there_was_no_answer()
    {
        await using var proxy = await CuttingProxy.StartAsync(cms.Address);
        using var desk = await ClientAsync(proxy.Address, maxRetries: 0);
        var draft = await DraftAsync();
        proxy.Cuts = 1;

        var failure = await Assert.ThrowsAsync<CmsConnectionException>(() =>
            desk.Articles.CreateAsync(draft, cancellationToken: Ct)
        );

        Assert.StartsWith("POST /v1/editorial/articles failed", failure.Message, StringComparison.Ordinal);
    }
}
