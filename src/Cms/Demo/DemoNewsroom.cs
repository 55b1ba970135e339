using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cms.Access;
using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Bodies;
using Cms.Editorial.Authors;
using Cms.Editorial.ForReaders;
using Cms.Editorial.Images;
using Cms.Editorial.Sections;
using Cms.Editorial.Tags;
using Cms.Editorial.Workflow;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Previews;
using Cms.Publishing;
using Cms.Webhooks;
using Npgsql;

namespace Cms.Demo;

/// <summary>
/// Loads the demo newsroom by the same writers that the editorial endpoints use: all of it in one transaction, once. A
/// mark in the database says that it was loaded, so that what an editor has deleted since does not come back.
/// </summary>
internal sealed partial class DemoNewsroom(ChangeLog changes, ImageLibrary library, TimeProvider clock)
{
    private readonly Dictionary<string, Guid> _images = new(StringComparer.Ordinal);

    /// <summary>Returns how many articles were loaded; 0 if the newsroom has had them before.</summary>
    /// <exception cref="Refused">The newsroom has something of its own in the way, such as a section with the same
    /// slug.</exception>
    public async Task<int> LoadAsync(CancellationToken ct)
    {
        var newsroom = JsonSerializer.Deserialize<Newsroom>(Read("newsroom.json"), Json.Options)!;
        var now = clock.GetUtcNow();
        // On a clock that is behind the demo's dates, the whole newsroom moves back as one.
        var newest = newsroom.Articles.Max(a => a.PublishedAt) ?? now;
        var shift = newest > now ? now - newest - TimeSpan.FromHours(1) : TimeSpan.Zero;

        var files = new Dictionary<string, SoundFile>(StringComparer.Ordinal);
        foreach (var image in newsroom.Images)
        {
            await using var upload = new MemoryStream(Read("images/" + image.File));
            files[image.Key] = await ImageLibrary.InspectAsync(upload, ct);
        }

        return await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                if (await transaction.ExecuteAsync(Mark, new { Value = Json.Instant(now) }, ct) == 0)
                    return 0;
                await LoadResourcesAsync(transaction, announcement, newsroom, files, now, ct);
                await LoadArticlesAsync(transaction, announcement, newsroom, now, shift, ct);
                await LoadExamplesAsync(transaction, now, ct);
                return newsroom.Articles.Count;
            },
            ct
        );
    }

    private async Task LoadResourcesAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Newsroom newsroom,
        Dictionary<string, SoundFile> files,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        _images.Clear();
        foreach (var image in newsroom.Images)
            _images[image.Key] = await library.AddAsync(
                transaction,
                files[image.Key],
                new ImageInput
                {
                    Alt = image.Alt,
                    Caption = image.Caption,
                    Credit = image.Credit,
                    FocalPoint = image.FocalPoint,
                },
                image.File,
                now,
                ct,
                image == newsroom.Images[0] ? Guid.Parse(ExampleIds.Image) : ExampleIds.Of("image", image.Key)
            );
        foreach (var section in newsroom.Sections)
            announcement.Changed(
                EntityType.Section,
                await SectionWriter.CreateAsync(
                    transaction,
                    section,
                    now,
                    ct,
                    ExampleIds.Of("section", section.Slug!)
                )
            );
        foreach (var author in newsroom.Authors)
        {
            var id = await AuthorWriter.CreateAsync(
                transaction,
                new AuthorInput
                {
                    Slug = author.Slug,
                    Name = author.Name,
                    JobTitle = author.JobTitle,
                    Bio = author.Bio,
                    Social = author.Social,
                    Email = author.Email,
                    Avatar = author.Avatar is null ? null : _images[author.Avatar],
                },
                Caller.System,
                now,
                ct,
                ExampleIds.Of("author", author.Slug)
            );
            announcement.Changed(EntityType.Author, id);
        }
        foreach (var tag in newsroom.Tags)
            await TagWriter.CreateAsync(transaction, tag, Caller.System, now, ct);
    }

    private async Task LoadArticlesAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Newsroom newsroom,
        DateTimeOffset now,
        TimeSpan shift,
        CancellationToken ct
    )
    {
        var alts = newsroom.Images.ToDictionary(i => i.Key, i => i.Alt, StringComparer.Ordinal);
        foreach (var article in newsroom.Articles)
        {
            var input = Input(article, alts, shift);
            await ArticleWriter.CreateAsync(
                transaction,
                input,
                BodyParsing.Parse(input.Body, ct),
                publish: false,
                found: [],
                Caller.System,
                At(article, now, shift),
                ct,
                ExampleIds.Of("article", article.Slug)
            );
        }

        // Articles that go together point at each other, so all must be there first.
        foreach (var article in newsroom.Articles)
        {
            var head = await LockAsync(transaction, article.Slug, ct);
            var at = At(article, now, shift);
            if (article.Related.Count > 0)
            {
                var patch = new JsonObject
                {
                    ["related"] = JsonSerializer.SerializeToNode(article.Related, Json.Options),
                };
                await ArticleWriter.ChangeAsync(
                    transaction,
                    head,
                    new MergePatch<ArticleInput>(patch),
                    parsed: null,
                    publish: false,
                    _ => [],
                    note: null,
                    Caller.System,
                    at,
                    ct
                );
                head = await LockAsync(transaction, article.Slug, ct);
            }
            if (article.Status is not ArticleStatus.Draft)
                await Publisher.PublishAsync(transaction, announcement, head, PublishPolicy.Default, at, ct);
            if (article.Status is ArticleStatus.Unpublished)
            {
                await transaction.ExecuteAsync(
                    ArticleStates.Update,
                    ArticleStates.Arguments(head, ArticleStatus.Unpublished, Caller.System, at),
                    ct
                );
                await Publisher.WithdrawAsync(transaction, announcement, head.Id, Withdrawal.Silent, ct);
            }
        }
    }

    /// <summary>
    /// What the documentation's examples name beyond the newsroom itself: a key that nobody has, revoked, and a webhook
    /// that is paused, with one delivery.
    /// </summary>
    private static async Task LoadExamplesAsync(
        NpgsqlTransaction transaction,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var key = Guid.Parse(ExampleIds.Key);
        var arguments = new
        {
            key,
            ApiKey.Make(key).SecretHash,
            Image = ExampleIds.Image,
            Webhook = Guid.Parse(ExampleIds.Webhook),
            Secret = WebhookSecret.Make(),
            Delivery = Guid.Parse(ExampleIds.Delivery),
            Event = Guid.Parse(ExampleIds.Event),
            now,
        };
        await transaction.ExecuteAsync(InsertKey, arguments, ct);
        await transaction.ExecuteAsync(InsertWebhook, arguments, ct);
        await transaction.ExecuteAsync(InsertDelivery, arguments, ct);
        await transaction.ExecuteAsync(InsertAttempt, arguments, ct);
        await transaction.ExecuteAsync(
            InsertRelease,
            new
            {
                Id = Guid.Parse(ExampleIds.Release),
                Preview = Guid.Parse(ExampleIds.ReleasePreview),
                Hash = PreviewToken.Hash(ExampleIds.ReleaseToken),
                now,
                Until = now + PreviewWriter.MaxAge,
            },
            ct
        );
        await transaction.ExecuteAsync(
            InsertPreview,
            new
            {
                Id = Guid.Parse(ExampleIds.Preview),
                Hash = PreviewToken.Hash(ExampleIds.PreviewToken),
                now,
                Until = now + PreviewWriter.MaxAge,
            },
            ct
        );
        await transaction.ExecuteAsync(
            InsertNote,
            new
            {
                Id = Guid.Parse(ExampleIds.Note),
                key,
                now,
            },
            ct
        );
    }

    private static Task<ArticleHead> LockAsync(
        NpgsqlTransaction transaction,
        string slug,
        CancellationToken ct
    ) =>
        ArticleHead.LockAsync(
            new Edit(Act.ChangeArticle, transaction, new(), Caller.System, At: default),
            slug,
            conditions: default,
            ifMatchRequired: false,
            ct
        );

    private ArticleInput Input(DemoArticle article, Dictionary<string, string> alts, TimeSpan shift) =>
        new()
        {
            Slug = article.Slug,
            Kind = article.Kind,
            Kicker = article.Kicker,
            Headline = article.Headline,
            Deck = article.Deck,
            Excerpt = article.Excerpt,
            Body = new BodyInput
            {
                Markdown = WithImages(Encoding.UTF8.GetString(Read(article.BodyFile)), alts),
            },
            Section = article.Section,
            Authors = article.Authors,
            HeroImage = article.HeroImage is null
                ? null
                : new ImageUseInput
                {
                    Id = _images[article.HeroImage.Key],
                    Alt = article.HeroImage.Alt,
                    Caption = article.HeroImage.Caption,
                    Credit = article.HeroImage.Credit,
                },
            Tags = article.Tags,
            Access = article.Access,
            Disclosure = article.Disclosure,
            Corrections = [.. article.Corrections.Select(c => c with { At = c.At + shift })],
            Seo = article.Seo,
            PublishedAt = article.PublishedAt + shift,
        };

    private static DateTimeOffset At(DemoArticle article, DateTimeOffset now, TimeSpan shift) =>
        article.PublishedAt + shift ?? now;

    private string WithImages(string markdown, Dictionary<string, string> alts) =>
        ImageMark()
            .Replace(
                markdown,
                mark =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"![{alts[mark.Groups["key"].Value]}]"
                            + $"({MediaUrl.Original(_images[mark.Groups["key"].Value], version: 1)})"
                    )
            );

    private static byte[] Read(string name)
    {
        using var resource = typeof(DemoNewsroom).Assembly.GetManifestResourceStream("Demo/" + name)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }

    [GeneratedRegex(
        @"!\[\]\(image:(?<key>[a-z0-9-]+)\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ImageMark();

    private const string Mark =
        "insert into settings (name, value) values ('demo-newsroom', @Value) on conflict (name) do nothing";

    private const string InsertPreview = """
        insert into previews (id, token_hash, article_id, note, created_at, expires_at)
        select @Id, @Hash, id, 'For the source, to check the quotes', @now, @Until
        from articles where slug = 'draft-interview-achterholt'
        """;

    private const string InsertRelease = """
        insert into releases (id, name, created_at, updated_at) values (@Id, 'The year in review', @now, @now);
        insert into release_items (release_id, position, article_id, act, added_revision)
        select @Id, 0, id, 'publish', revision from articles where slug = 'draft-review-of-the-year-in-outages';
        insert into previews (id, token_hash, release_id, created_at, expires_at)
        values (@Preview, @Hash, @Id, @now, @Until)
        """;

    private const string InsertNote = """
        insert into article_notes (id, article_id, thread_id, text, created_at, created_by)
        select @Id, id, @Id, 'Who says so? Name the second source.', @now, @key
        from articles where slug = 'draft-interview-achterholt'
        """;

    private const string InsertKey = """
        insert into api_keys (id, name, role, secret_hash, created_at, revoked_at)
        values (@key, 'Newsdesk', 'editor', @SecretHash, @now, @now)
        """;

    private const string InsertWebhook = """
        insert into webhooks (id, url, description, events, secret, position, paused_because, paused_at,
            created_at, updated_at)
        select @Webhook, 'https://site.example/hooks/cms', 'Purges the CDN',
            array['image.*', 'content.invalidated'], @Secret, head, 'manual', @now, @now, @now
        from change_feed
        """;

    private const string InsertDelivery = """
        insert into webhook_deliveries (id, webhook_id, event_id, type, entity, body, status, created_at,
            attempts, first_tried_at, last_tried_at,
               last_status, finished_at)
        values (@Delivery, @Webhook, @Event, 'image.created', 'image:' || @Image,
               '{"type":"image.created","timestamp":"2026-10-01T08:00:00Z","data":{"id": "' || @Image
                   || '", "url": "/v1/images/' || @Image || '", "type": "image"}}',
               'delivered', @now, 1, @now, @now, 200, @now)
        """;

    private const string InsertAttempt = """
        insert into webhook_attempts (delivery_id, number, at, duration_ms, url, headers, status, answer)
        values (@Delivery, 1, @now, 31, 'https://site.example/hooks/cms',
            jsonb_build_object('webhook-id', @Event), 200, 'ok')
        """;

    private sealed record Newsroom
    {
        public required IReadOnlyList<SectionInput> Sections { get; init; }
        public required IReadOnlyList<DemoAuthor> Authors { get; init; }
        public required IReadOnlyList<DemoImage> Images { get; init; }
        public required IReadOnlyList<TagInput> Tags { get; init; }
        public required IReadOnlyList<DemoArticle> Articles { get; init; }
    }

    private sealed record DemoAuthor
    {
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required string? JobTitle { get; init; }
        public required string? Bio { get; init; }
        public required IReadOnlyDictionary<string, string> Social { get; init; }
        public required string? Email { get; init; }
        public required string? Avatar { get; init; }
    }

    private sealed record DemoImage
    {
        public required string Key { get; init; }
        public required string File { get; init; }
        public required string Alt { get; init; }
        public required string? Caption { get; init; }
        public required string? Credit { get; init; }
        public required FocalPoint? FocalPoint { get; init; }
    }

    private sealed record DemoHero
    {
        public required string Key { get; init; }
        public string? Alt { get; init; }
        public string? Caption { get; init; }
        public string? Credit { get; init; }
    }

    private sealed record DemoArticle
    {
        public required string Slug { get; init; }
        public string Kind { get; init; } = ArticleKinds.Story;
        public required string? Kicker { get; init; }
        public required string Headline { get; init; }
        public required string? Deck { get; init; }
        public required string? Excerpt { get; init; }
        public required string BodyFile { get; init; }
        public required string Section { get; init; }
        public required IReadOnlyList<string> Authors { get; init; }
        public required DemoHero? HeroImage { get; init; }
        public required IReadOnlyList<string> Tags { get; init; }
        public required ArticleAccess Access { get; init; }
        public required string? Disclosure { get; init; }
        public required IReadOnlyList<Correction> Corrections { get; init; }
        public required Seo? Seo { get; init; }
        public required IReadOnlyList<string> Related { get; init; }
        public required ArticleStatus Status { get; init; }
        public required DateTimeOffset? PublishedAt { get; init; }
    }
}
