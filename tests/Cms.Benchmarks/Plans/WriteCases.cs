using System.Net.Http.Headers;
using System.Text;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Writes;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Plans;

/// <summary>Something that the desk does, several times.</summary>
/// <param name="Acts">Each does it once. What they need is there already.</param>
internal sealed record WriteCase(string Name, IReadOnlyList<Func<Task>> Acts)
{
    /// <summary>The most rows that a step of a statement may read.</summary>
    public double MaxRows { get; init; } = WriteCases.MaxRows;

    /// <summary>Why it may read more than other acts.</summary>
    public string? Because { get; init; }
}

/// <summary>Everything by which the desk changes what readers see.</summary>
internal sealed class WriteCases
{
    /// <summary>
    /// What a publication touches: some twenty rows of the feed for each level of sections, and as many words. An
    /// author or tag
    /// who is everywhere is in 200 sections.
    /// </summary>
    public const double MaxRows = 1_000;

    // The author with the most articles has a fifth of 10,000.
    private const int ArticlesOfAuthor = 2_500;

    // Each article that shows an image is told to sync, in each of its sections and with what is beside it.
    private const int UsesOfImage = 1_000;
    private const int RowsOfUse = 10;

    private const string Articles = "/v1/editorial/articles/";
    private const int Seed = 51;

    private readonly Newsroom _newsroom;
    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly int _times;
    private readonly Manuscripts _manuscripts;
    private readonly CancellationToken _ct;

    private WriteCases(
        Newsroom newsroom,
        HttpClient http,
        Uri server,
        int times,
        Manuscripts manuscripts,
        CancellationToken ct
    ) =>
        (_newsroom, _http, _server, _times, _manuscripts, _ct) = (
            newsroom,
            http,
            server,
            times,
            manuscripts,
            ct
        );

    /// <summary>
    /// Changes the newsroom so that a picture is used by many articles, and one key has opened many and is to do
    /// something with many. Before the node starts.
    /// </summary>
    public static async Task PrepareAsync(Newsroom newsroom, CancellationToken ct)
    {
        await newsroom.Postgres.ExecuteAsync(UseImageOften, new { UsesOfImage }, ct);
        await newsroom.Postgres.ExecuteAsync(AssignMany, new { }, ct);
    }

    /// <param name="times">How often each is done.</param>
    /// <returns>One by one: each is made when those before it are done.</returns>
    public static async IAsyncEnumerable<WriteCase> AllAsync(
        Newsroom newsroom,
        HttpClient http,
        int times,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", newsroom.Key);
        var manuscripts = await Manuscripts.ReadAsync(newsroom, Seed, ct);
        var cases = new WriteCases(newsroom, http, http.BaseAddress!, times, manuscripts, ct);
        foreach (var next in cases.All())
            yield return await next();
    }

    private IEnumerable<Func<Task<WriteCase>>> All()
    {
        var drafts = new List<Draft>();
        yield return () =>
            Task.FromResult(
                new WriteCase(
                    "create",
                    [
                        .. Enumerable
                            .Range(0, _times)
                            .Select(_ =>
                                (Func<Task>)(
                                    async () => drafts.Add(await CreateAsync(_manuscripts.Next(true)))
                                )
                            ),
                    ]
                )
            );
        yield return () =>
            Each(
                "change text",
                drafts,
                d => PatchArticleAsync(d, new { deck = "Another deck.", body = Body() })
            );
        yield return () => Each("change headline and slug", drafts, d => PatchArticleAsync(d, Renamed(d)));
        yield return () => Each("merge a change", drafts, d => MergeAsync(d, new { disclosure = "None." }));
        yield return () => Each("list revisions", drafts, d => GetAsync($"{Articles}{d.Id}/revisions"));
        yield return () =>
            Each("compare revisions", drafts, d => GetAsync($"{Articles}{d.Id}/revisions/1/changes/3"));
        yield return () =>
            Each("restore a revision", drafts, d => PostAsync($"{Articles}{d.Id}/revisions/2/restore"));
        yield return () => Each("publish, new", drafts, PublishAsync);
        yield return () => Each("publish, unchanged", drafts, PublishAsync);
        yield return async () =>
        {
            foreach (var draft in drafts)
                await PatchArticleAsync(draft, new { deck = "A third deck.", body = Body() });
            return await Each("publish again, text changed", drafts, PublishAsync);
        };
        yield return async () =>
        {
            foreach (var draft in drafts)
            {
                var other = _manuscripts.Next();
                await PatchArticleAsync(
                    draft,
                    new
                    {
                        section = other.Section.Slug,
                        authors = other.Authors.Select(a => a.Slug),
                        tags = other.Tags.Select(t => t.Slug),
                        access = "subscriber",
                    }
                );
            }
            return (
                await Each("publish again, other section, authors, tags and access", drafts, PublishAsync)
            ) with
            {
                MaxRows = MaxRows + ArticlesOfAuthor,
                Because = "another article of the same author is looked for in the section that it left",
            };
        };
        yield return () => Each("unpublish", drafts, d => PostAsync($"{Articles}{d.Id}/unpublish"));
        yield return () => Each("publish after unpublish", drafts, PublishAsync);
        yield return () => Each("trash, published", drafts, d => DeleteAsync($"{Articles}{d.Id}"));
        yield return () => Each("restore", drafts, d => PostAsync($"{Articles}{d.Id}/restore"));
        yield return async () =>
        {
            foreach (var draft in drafts)
                await PublishAsync(draft);
            return await Each(
                "delete permanently, published",
                drafts,
                d => DeleteAsync($"{Articles}{d.Id}?permanently=true")
            );
        };
        foreach (
            var list in new[]
            {
                "assignee=me",
                "assignee=me&sort=dueAt",
                "assignee=me&status=published",
                "mine=true",
                "mine=true&sort=updatedAt",
                "sort=-dueAt",
                "sort=dueAt&dueAfter=2000-01-01T00:00:00Z",
                "editedSinceScheduled=true",
            }
        )
            yield return () => Repeat($"list, {list}", _ => GetAsync($"{Articles.TrimEnd('/')}?{list}"));
        yield return () => FormerAsync("unpublish an old article that others name");
        yield return () =>
            Repeat(
                "rename the author with the most articles",
                n =>
                    PatchAsync(
                        $"/v1/editorial/authors/{_manuscripts.HotAuthor.Id}",
                        new { name = $"Name {n}" }
                    )
            );
        yield return async () =>
        {
            var images = await _newsroom.Postgres.ListAsync<Guid>(
                "select id from published_images order by md5(id::text) limit @Times",
                new { Times = _times },
                _ct
            );
            return await Repeat(
                "give the author with the most articles another avatar",
                n =>
                    PatchAsync(
                        $"/v1/editorial/authors/{_manuscripts.HotAuthor.Id}",
                        new { avatar = images[n] }
                    )
            );
        };
        yield return () =>
            Repeat(
                "rename the tag with the most articles",
                n =>
                    PatchAsync($"/v1/editorial/tags/{_manuscripts.HotTag.Id}", new { name = $"Tag name {n}" })
            );
        yield return async () =>
        {
            var image = await _newsroom.Postgres.FindAsync<Guid>(SelectImage, new { }, _ct);
            return await Repeat(
                $"change the text of an image that {UsesOfImage:#,0} articles show",
                n => PatchAsync($"/v1/editorial/images/{image}", new { caption = $"Caption {n}" })
            ) with
            {
                MaxRows = UsesOfImage * RowsOfUse,
                Because = "it is told of each article that shows it, in each of its sections",
            };
        };
        yield return async () =>
        {
            var section = await _newsroom.Postgres.FindAsync<Guid>(SelectLargestSection, new { }, _ct);
            return await Repeat(
                "rename the largest section",
                n => PatchAsync($"/v1/editorial/sections/{section}", new { name = $"Section name {n}" })
            );
        };
        yield return async () =>
        {
            var move = (await _newsroom.Postgres.FindAsync<Move>(SelectMove, new { }, _ct))!;
            return await Repeat(
                "move a section",
                n =>
                    PatchAsync(
                        $"/v1/editorial/sections/{move.Section}",
                        new { parent = n % 2 == 0 ? move.Other : move.Parent }
                    )
            ) with
            {
                MaxRows = MaxRows + (move.Articles * RowsOfMove),
                Because =
                    $"it rewrites each of its {move.Articles:#,0} articles, and what they need comes and goes",
            };
        };
    }

    // Its authors, tags and images, each asked for in the old sections and the new ones.
    private const int RowsOfMove = 200;

    private static Task<WriteCase> Each(string name, List<Draft> drafts, Func<Draft, Task> act) =>
        Task.FromResult(new WriteCase(name, [.. drafts.Select(draft => (Func<Task>)(() => act(draft)))]));

    private Task<WriteCase> Repeat(string name, Func<int, Task> act) =>
        Task.FromResult(
            new WriteCase(name, [.. Enumerable.Range(0, _times).Select(n => (Func<Task>)(() => act(n)))])
        );

    private async Task<WriteCase> FormerAsync(string name)
    {
        var articles = await _newsroom.Postgres.ListAsync<Guid>(SelectNamed, new { Times = _times }, _ct);
        return new(
            name,
            [.. articles.Select(a => (Func<Task>)(() => PostAsync($"{Articles}{a}/unpublish")))]
        );
    }

    private async Task<Draft> CreateAsync(Manuscript manuscript)
    {
        using var writer = await ServerWriter.OpenAsync(_newsroom, _server, _ct);
        return await writer.CreateAsync(manuscript, _ct);
    }

    private object Body()
    {
        var paragraph = _manuscripts.Next().Text.Excerpt;
        return new { markdown = $"{paragraph}\n\n## Between\n\n{paragraph} {paragraph}" };
    }

    private static object Renamed(Draft draft)
    {
        var headline = $"Renamed {draft.Manuscript.Headline}";
        return new { headline, slug = Publishing.Slug.From(headline) };
    }

    private Task PublishAsync(Draft draft) => PostAsync($"{Articles}{draft.Id}/publish");

    private Task PatchArticleAsync(Draft draft, object patch) => PatchAsync($"{Articles}{draft.Id}", patch);

    private Task PatchAsync(string target, object patch) =>
        SendAsync(
            HttpMethod.Patch,
            target,
            new StringContent(Json.WriteText(patch), Encoding.UTF8, "application/merge-patch+json")
        );

    private Task MergeAsync(Draft draft, object patch) =>
        SendAsync(
            HttpMethod.Patch,
            $"{Articles}{draft.Id}",
            new StringContent(Json.WriteText(patch), Encoding.UTF8, "application/merge-patch+json"),
            mergedFrom: "\"2\""
        );

    private Task GetAsync(string target) => SendAsync(HttpMethod.Get, target, null);

    private Task PostAsync(string target) => SendAsync(HttpMethod.Post, target, null);

    private Task DeleteAsync(string target) => SendAsync(HttpMethod.Delete, target, null);

    private async Task SendAsync(
        HttpMethod method,
        string target,
        HttpContent? content,
        string? mergedFrom = null
    )
    {
        using var request = new HttpRequestMessage(method, target) { Content = content };
        if (mergedFrom is null)
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
        else
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(mergedFrom));
            request.Headers.Add("Prefer", "merge");
        }
        using var answer = await _http.SendAsync(request, _ct);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{method} {target}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(_ct)}"
            );
    }

    // The newsroom's only key: a third of the articles each.
    private const string AssignMany = """
        update articles set
            created_by = case when n % 3 = 0 then k.id else created_by end,
            assignee_id = case when n % 3 = 1 then k.id end,
            due_at = case when n % 3 = 1 then updated_at + interval '3 days' end
        from (select id article, row_number() over (order by id) n from articles) o, (select min(id::text)::uuid id
            from api_keys) k
        where articles.id = o.article
        """;

    private const string UseImageOften = """
        with image as (select image_id id from published_article_images group by 1 order by count(*) desc, 1 limit 1),
        shown as (
            insert into published_article_images (image_id, article_id, in_teaser)
            select image.id, a.id, true
            from image, (select id from published_articles order by md5(id::text) limit @UsesOfImage) a
            on conflict do nothing returning image_id, article_id)
        insert into section_changes (section_id, entity_type, entity_id, sequence, op, changed_at)
        select section_id, 'image', image_id, nextval('change_sequence'), 'upsert', now() from (
            select distinct s.section_id, u.image_id from shown u
                join published_article_sections s using (article_id)) m
        on conflict do nothing;
        update change_feed set head = (select last_value from change_sequence);
        analyze published_article_images
        """;

    private const string SelectImage = """
        select image_id from published_article_images group by 1 order by count(*) desc, 1 limit 1
        """;

    private const string SelectLargestSection = """
        select section_id from published_article_sections group by 1 order by count(*) desc limit 1
        """;

    // A section without others below it, of middle size, and another one that it may go to.
    private const string SelectMove = """
        select s.id section, s.parent_id parent, o.id other,
            (select count(*) from published_article_sections u where u.section_id = s.id) articles
        from sections s, sections o
        where s.parent_id is not null and o.parent_id is not null and o.id <> s.parent_id and o.id <> s.id
          and not exists (select from sections c where c.parent_id = s.id)
          and exists (select from sections c where c.parent_id = o.id)
        order by abs((select count(*) from published_article_sections u where u.section_id = s.id) - 20), s.id, o.id
        limit 1
        """;

    private const string SelectNamed = """
        select id from (
            select distinct unnest(related_ids) id from published_articles order by 1 limit 1000) r
        join published_articles using (id) limit @Times
        """;

    private sealed record Move
    {
        public required Guid Section { get; init; }
        public required Guid Parent { get; init; }
        public required Guid Other { get; init; }
        public required long Articles { get; init; }
    }
}
