using Cms.Client.Editorial;

namespace Cms.Client.Tests.Editorial;

/// <summary>The examples of the editorial package's readme, as they stand there.</summary>
[Collection(ReadmeTests.OneByOne)]
public sealed class EditorialReadmeTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_examples_run()
    {
        var _section = await cms.SectionAsync();
        var (address, key) = (cms.Address, (await cms.NewKeyAsync(Cms.Access.Role.Editor)).Token);
        var lines = new List<string>();

        using var desk = new EditorialClient(new CmsClientOptions { BaseAddress = address, ApiKey = key });

        EditorialArticle draft = await desk.Articles.CreateAsync(
            new ArticleDraft
            {
                Headline = "The valley that bet on Halden",
                Section = _section,
                Body = WrittenBody.FromMarkdown("First paragraph.\n\nSecond paragraph."),
            },
            cancellationToken: Ct
        );

        EditorialArticle saved = await desk.Articles.ChangeAsync(
            draft.Id,
            draft.Revision,
            new ArticlePatch { Deck = "What happened next", Kicker = null },
            new ChangeOptions { Note = "Deck added" },
            Ct
        );

        ArticleChecks checks = await desk.Articles.GetChecksAsync(saved.Id, Ct);
        if (checks.CanBePublished)
            await desk.Articles.PublishAsync(
                saved.Id,
                options: new ActOptions { IfRevision = saved.Revision },
                cancellationToken: Ct
            );

        try
        {
            await desk.Articles.ChangeAsync(
                draft.Id,
                draft.Revision,
                new ArticlePatch { Headline = "Halden, ten years on" },
                cancellationToken: Ct
            );
        }
        catch (EditConflictException conflict)
        {
            lines.Add($"{conflict.ChangedBy?.Name} changed {string.Join(", ", conflict.Changed ?? [])}");
        }

        // Or let the server merge what does not touch the same members and blocks.
        EditorialArticle merged = await desk.Articles.ChangeAsync(
            draft.Id,
            draft.Revision,
            new ArticlePatch { Headline = "Halden, ten years on" },
            new ChangeOptions { Merge = true },
            Ct
        );

        await foreach (var revision in desk.Revisions.ListAsync(draft.Id, cancellationToken: Ct))
            lines.Add($"{revision.Number}: {string.Join(", ", revision.Changed)} {revision.Note}");

        RevisionComparison comparison = await desk.Revisions.CompareAsync(
            draft.Id,
            from: 1,
            to: merged.Revision,
            Ct
        );
        foreach (var change in comparison.Members)
            lines.Add($"{change.Member}: {change.Before} -> {change.After}");

        await desk.Revisions.RestoreAsync(draft.Id, number: 1, merged.Revision, cancellationToken: Ct);

        NewPreview preview = await desk.Previews.CreateAsync(draft.Id, cancellationToken: Ct);
        lines.Add($"{desk.Absolute(preview.Url)}");

        Assert.EndsWith("changed deck", lines[0], StringComparison.Ordinal);
        Assert.Equal(["3: headline ", "2: deck Deck added", "1:  "], lines[1..4]);
        Assert.Contains("deck:  -> What happened next", lines);
        using var client = new CmsClient(address);
        Assert.Equal(
            "What happened next",
            (await client.GetArticleAsync(draft.Slug, cancellationToken: Ct)).Deck
        );
        using var http = new HttpClient();
        Assert.True((await http.GetAsync(new Uri(lines[^1]), Ct)).IsSuccessStatusCode);
    }

    [Fact]
    public void The_examples_are_those_of_the_readme() =>
        ReadmeTests.StandIn("Cms.Client.Editorial", "Editorial/EditorialReadmeTests.cs", examples: 3);
}
