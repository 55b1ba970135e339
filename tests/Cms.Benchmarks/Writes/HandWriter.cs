using Cms.Benchmarks.Corpus;
using Cms.Editorial.Articles;
using Cms.Editorial.Upkeep;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Benchmarks.Writes;

/// <summary>
/// The same outcome by hand: Npgsql, one connection, one round trip and one transaction for each act, all statements
/// prepared. Nothing is bound, checked, looked up or answered. What the server derives from a text is derived here
/// before
/// the statements are sent, by the server's own code.
/// </summary>
internal sealed class HandWriter : IWriter
{
    private static int _published;

    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<Statement[], NpgsqlBatch> _batches = [];

    private HandWriter(NpgsqlConnection connection) => _connection = connection;

    public static async Task<IWriter> OpenAsync(Newsroom newsroom, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(newsroom.ConnectionString)
        {
            Options = "-c jit=off",
            ApplicationName = "by hand",
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return new HandWriter(connection);
    }

    public Task<Draft> CreateAsync(Manuscript manuscript, CancellationToken ct) =>
        CreateAsync(Create, manuscript, ct);

    public async Task<Draft> CreatePublishedAsync(Manuscript manuscript, CancellationToken ct)
    {
        var draft = await CreateAsync(CreatePublished, manuscript, ct);
        await IndexAsync(ct);
        return draft;
    }

    public async Task<Draft> ChangeAsync(Draft draft, Manuscript changed, CancellationToken ct)
    {
        var next = new Draft(draft.Id, draft.Revision + 1, changed);
        await RunAsync(Change, new(next, TimeProvider.System.GetUtcNow()), ct);
        return next;
    }

    public async Task PublishAsync(Draft draft, CancellationToken ct)
    {
        await RunAsync(Publish, new(draft, TimeProvider.System.GetUtcNow()), ct);
        await IndexAsync(ct);
    }

    public async Task PublishAgainAsync(Draft draft, CancellationToken ct)
    {
        await RunAsync(PublishAgain, new(draft, TimeProvider.System.GetUtcNow()), ct);
        await IndexAsync(ct);
    }

    public Task UnpublishAsync(Draft draft, CancellationToken ct) =>
        RunAsync(Unpublish, new(draft, TimeProvider.System.GetUtcNow()), ct);

    public Task RenameAsync(Thing author, int revision, string name, CancellationToken ct) =>
        RunAsync(Rename, new(author, name, TimeProvider.System.GetUtcNow()), ct);

    public void Dispose() => _connection.Dispose();

    private async Task<Draft> CreateAsync(Statement[] statements, Manuscript manuscript, CancellationToken ct)
    {
        var at = TimeProvider.System.GetUtcNow();
        var draft = new Draft(Ids.New(at), 1, manuscript);
        await RunAsync(statements, new(draft, at), ct);
        return draft;
    }

    // The server does it beside the publications; by hand it is part of every so many of them.
    private async Task IndexAsync(CancellationToken ct)
    {
        if (Interlocked.Increment(ref _published) % WaitingWords.Batch != 0)
            return;
        await using var move = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                new(
                    $"""
                    update published_article_words set waits = false where article_id in (
                        select article_id from published_article_words where waits limit {WaitingWords.Batch}
                        for update skip locked)
                    """
                ),
                new("select gin_clean_pending_list('published_article_words_indexed')"),
            },
        };
        await move.ExecuteNonQueryAsync(ct);
    }

    // One synchronisation at the end: PostgreSQL makes it one transaction.
    private async Task RunAsync(Statement[] statements, Facts facts, CancellationToken ct)
    {
        var isNew = !_batches.TryGetValue(statements, out var batch);
        if (isNew)
            _batches[statements] = batch = new NpgsqlBatch(_connection);
        for (var i = 0; i < statements.Length; i++)
        {
            var values = statements[i].Values(facts);
            if (isNew)
                batch!.BatchCommands.Add(new NpgsqlBatchCommand(statements[i].Sql));
            var parameters = batch!.BatchCommands[i].Parameters;
            for (var n = 0; n < values.Length; n++)
                if (isNew)
                    parameters.Add(new NpgsqlParameter { Value = values[n] });
                else
                    parameters[n].Value = values[n];
        }
        if (isNew)
            await batch!.PrepareAsync(ct);
        await batch!.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A statement with its parameters by number.</summary>
    private sealed record Statement(string Sql, Func<Facts, object[]> Values);

    /// <summary>What an act is about.</summary>
    private sealed class Facts
    {
        public Facts(Draft draft, DateTimeOffset at)
        {
            var manuscript = draft.Manuscript;
            (Draft, At, Slug) = (draft, at.UtcDateTime, manuscript.Slug);
            Path = manuscript.Section.Path;
            var avatars = manuscript.Authors.Select(a => a.Avatar).OfType<Guid>();
            (string Type, Guid Id)[] needed =
            [
                .. avatars.Append(manuscript.Image.Id).Distinct().Select(id => ("image", id)),
                .. manuscript.Authors.Select(a => ("author", a.Id)),
                .. manuscript.Tags.Select(t => ("tag", t.Id)),
            ];
            Types = [.. needed.Select(n => n.Type), "article"];
            Needed = [.. needed.Select(n => n.Id), draft.Id];
        }

        public Facts(Thing author, string name, DateTimeOffset at)
        {
            (Author, Name, At, Slug) = (author, name, at.UtcDateTime, author.Slug);
        }

        public Draft Draft { get; } = null!;
        public Thing Author { get; } = null!;
        public string Name { get; } = "";
        public DateTime At { get; }
        public string Slug { get; }
        public Guid Id => Draft.Id;
        public Guid[] Path { get; } = [];
        public string[] Types { get; } = [];
        public Guid[] Needed { get; } = [];
        public Manuscript Manuscript => Draft.Manuscript;
        public Guid[] AuthorIds => [.. Manuscript.Authors.Select(a => a.Id)];
        public Guid[] TagIds => [.. Manuscript.Tags.Select(t => t.Id)];
        public string SortHeadline => SortKey.Of(Manuscript.Headline);
    }

    private static readonly Statement InsertRevision = new(
        """
        insert into article_revisions (
            article_id, number, slug, kicker, headline, deck, body, section_id, author_ids, tag_ids, related_ids,
            hero_image, access, corrections, word_count, reading_minutes, content_hash, created_at)
        values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, '{}', $11::jsonb, 'public', '[]', $12, $13, $14, $15)
        """,
        f =>
        {
            var content = f.Manuscript.ToContent();
            return
            [
                f.Id,
                f.Draft.Revision,
                content.Slug,
                content.Kicker!,
                content.Headline,
                content.Deck!,
                content.Body,
                content.SectionId!,
                content.AuthorIds,
                content.TagIds,
                Json.WriteText(content.HeroImage),
                f.Manuscript.Text.WordCount,
                f.Manuscript.Text.ReadingMinutes,
                ContentHash.Of(content),
                f.At,
            ];
        }
    );

    private static readonly Statement UpsertDeskWords = new(
        """
        insert into article_words (article_id, analysis, words) values ($1, $2, to_tsvector('search_simple', $3))
        on conflict (article_id) do update set analysis = excluded.analysis, words = excluded.words
        """,
        f =>
            [
                f.Id,
                TextAnalysis.Version,
                IndexText.Of([f.Manuscript.Headline, f.Manuscript.Kicker, f.Manuscript.Deck, f.Slug]),
            ]
    );

    private static readonly Statement[] Create =
    [
        new("insert into article_slugs (slug, article_id) values ($1, $2)", f => [f.Slug, f.Id]),
        new(
            """
            insert into articles (id, slug, status, revision, section_id, headline, created_at, updated_at)
            values ($1, $2, 'draft', 1, $3, $4, $5, $5)
            """,
            f => [f.Id, f.Slug, f.Manuscript.Section.Id, f.Manuscript.Headline, f.At]
        ),
        InsertRevision,
        new(
            "insert into article_authors (article_id, author_id) select $1, unnest($2)",
            f => [f.Id, f.AuthorIds]
        ),
        new("insert into article_tags (article_id, tag_id) select $1, unnest($2)", f => [f.Id, f.TagIds]),
        new(
            "insert into article_images (article_id, image_id) values ($1, $2)",
            f => [f.Id, f.Manuscript.Image.Id]
        ),
        UpsertDeskWords,
    ];

    private static readonly Statement[] Change =
    [
        InsertRevision,
        new(
            "update articles set revision = $2, updated_at = $3 where id = $1",
            f => [f.Id, f.Draft.Revision, f.At]
        ),
        UpsertDeskWords,
    ];

    private static readonly Statement MarkPublished = new(
        """
        update articles set status = 'published', published_revision = $2,
            first_published_at = coalesce(first_published_at, $3)
        where id = $1
        """,
        f => [f.Id, f.Draft.Revision, f.At]
    );

    private static readonly Statement InsertWords = new(
        """
        insert into published_article_words (article_id, published_at, language, analysis, words, waits)
        select id, published_at, 'english', $2,
            search_words($3, $4, $5, '', section_id, author_ids, tag_ids, access, published_at), true
        from published_articles where id = $1
        """,
        Words
    );

    private static readonly Statement UpdateWords = new(
        """
        update published_article_words w set words =
            search_words($3, $4, $5, '', section_id, author_ids, tag_ids, access, p.published_at), analysis = $2,
                waits = true
        from published_articles p where p.id = $1 and w.article_id = p.id
        """,
        Words
    );

    private static object[] Words(Facts f) =>
        [
            f.Id,
            TextAnalysis.Version,
            IndexText.Of(f.Manuscript.Headline),
            IndexText.Of([f.Manuscript.Kicker, f.Manuscript.Deck]),
            f.Manuscript.OpenWords(),
        ];

    // Numbers are given in the order of the commits, so each act that readers see holds it until its commit.
    private static readonly Statement Lock = new(
        "select pg_advisory_xact_lock(hashtextextended('cms:changes', 0))",
        _ => []
    );

    private static readonly Statement UpsertChange = new(
        """
        insert into changes (entity_type, entity_id, sequence, op, slug, changed_at)
        values ('article', $1, nextval('change_sequence'), 'upsert', $2, $3)
        on conflict (entity_id, entity_type) do update
        set sequence = excluded.sequence, op = excluded.op, reason = null, slug = excluded.slug,
            changed_at = excluded.changed_at
        """,
        f => [f.Id, f.Slug, f.At]
    );

    // What was in a section before is there still, and says nothing new.
    private static readonly Statement UpsertMembers = new(
        """
        insert into section_changes (section_id, entity_type, entity_id, sequence, op, changed_at)
        select s, t, e, nextval('change_sequence'), 'upsert', $4 from unnest($1) s, unnest($2, $3) n(t, e)
        where not exists (select from section_changes c
            where (c.section_id, c.entity_type, c.entity_id) = (s, t, e) and c.op = 'upsert')
        on conflict (section_id, entity_id, entity_type) do update
        set sequence = excluded.sequence, op = excluded.op, changed_at = excluded.changed_at
        """,
        f => [f.Path, f.Types, f.Needed, f.At]
    );

    private static readonly Statement[] Tell =
    [
        new(
            """
            update change_feed set head = (select last_value from change_sequence),
                changed_at = greatest($1, changed_at)
            """,
            f => [f.At]
        ),
        new("select pg_notify('cms_changes', head::text) from change_feed", _ => []),
    ];

    private static Statement Happened(string type, string entity, Func<Facts, Guid> id, string extra = "") =>
        new(
            $"""
            insert into events (sequence, type, entity_type, entity_id, data, occurred_at) values (
                nextval('change_sequence'), '{type}', '{entity}', $1, jsonb_build_object(
                    'type', '{entity}', 'id', $1, 'slug', $2::text, 'url', '/v1/{entity}s/' || $2::text), $3)
            """,
            f => [id(f), f.Slug, f.At]
        );

    private static Statement Invalidated(string entity, Func<Facts, Guid> id) =>
        new(
            $"""
            insert into events (sequence, type, data, occurred_at) values (
                nextval('change_sequence'), 'content.invalidated',
                jsonb_build_object('cacheTags', jsonb_build_array('{entity}:' || $1::uuid, '{entity}s')), $2)
            """,
            f => [id(f), f.At]
        );

    private static readonly Statement[] Publish =
    [
        MarkPublished,
        new(
            """
            insert into published_articles (
                id, slug, revision, content_hash, kicker, headline, deck, excerpt, body, access, section_id,
                section_path, author_ids, tag_ids, related_ids, hero_image_id, corrections, word_count,
                reading_minutes, published_at, updated_at, sort_headline)
            select article_id, slug, number, content_hash, kicker, headline, deck, $3, body, access, section_id,
                $4, author_ids, tag_ids, related_ids, $5, corrections, word_count, reading_minutes, $6, $6, $7
            from article_revisions where article_id = $1 and number = $2
            """,
            f =>
                [
                    f.Id,
                    f.Draft.Revision,
                    f.Manuscript.Text.Excerpt,
                    f.Path,
                    f.Manuscript.Image.Id,
                    f.At,
                    f.SortHeadline,
                ]
        ),
        new("insert into published_slugs (slug, article_id) values ($1, $2)", f => [f.Slug, f.Id]),
        new(
            """
            insert into published_article_sections (section_id, article_id, published_at, updated_at, sort_headline)
            select unnest($2), $1, $3, $3, $4
            """,
            f => [f.Id, f.Path, f.At, f.SortHeadline]
        ),
        new(
            """
            insert into published_article_authors (author_id, article_id, published_at, updated_at, sort_headline)
            select unnest($2), $1, $3, $3, $4
            """,
            f => [f.Id, f.AuthorIds, f.At, f.SortHeadline]
        ),
        new(
            """
            insert into published_article_tags (tag_id, article_id, published_at, updated_at, sort_headline)
            select unnest($2), $1, $3, $3, $4
            """,
            f => [f.Id, f.TagIds, f.At, f.SortHeadline]
        ),
        new(
            "insert into published_article_images (image_id, article_id, in_teaser) values ($1, $2, false)",
            f => [f.Manuscript.Image.Id, f.Id]
        ),
        InsertWords,
        Lock,
        UpsertChange,
        UpsertMembers,
        Happened("article.published", "article", f => f.Id),
        Invalidated("article", f => f.Id),
        .. Tell,
    ];

    private static readonly Statement[] CreatePublished = [.. Create, .. Publish];

    private static readonly Statement[] PublishAgain =
    [
        MarkPublished,
        new(
            """
            update published_articles p set revision = r.number, content_hash = r.content_hash, deck = r.deck,
                excerpt = $3, body = r.body, word_count = r.word_count, reading_minutes = r.reading_minutes,
                updated_at = $4
            from article_revisions r where r.article_id = $1 and r.number = $2 and p.id = r.article_id
            """,
            f => [f.Id, f.Draft.Revision, f.Manuscript.Text.Excerpt, f.At]
        ),
        Dated("sections"),
        Dated("authors"),
        Dated("tags"),
        UpdateWords,
        Lock,
        UpsertChange,
        new(
            """
            update section_changes set sequence = nextval('change_sequence'), changed_at = $2
            where entity_id = $1 and entity_type = 'article' and op = 'upsert'
            """,
            f => [f.Id, f.At]
        ),
        Happened("article.updated", "article", f => f.Id),
        Invalidated("article", f => f.Id),
        .. Tell,
    ];

    private static Statement Dated(string junction) =>
        new(
            $"update published_article_{junction} set updated_at = $2 where article_id = $1",
            f => [f.Id, f.At]
        );

    private static readonly Statement[] Unpublish =
    [
        new(
            "update articles set status = 'unpublished', published_revision = null, updated_at = $2 where id = $1",
            f => [f.Id, f.At]
        ),
        new("delete from published_articles where id = $1", f => [f.Id]),
        Lock,
        new(
            """
            update changes set sequence = nextval('change_sequence'), op = 'delete', reason = 'unpublished',
                changed_at = $2
            where entity_id = $1 and entity_type = 'article'
            """,
            f => [f.Id, f.At]
        ),
        new(
            """
            update section_changes c set sequence = nextval('change_sequence'), op = 'delete', changed_at = $4
            from unnest($1) s, unnest($2, $3) n(t, e)
            where (c.section_id, c.entity_type, c.entity_id) = (s, t, e) and c.op = 'upsert'
              and not is_in_section(t, e, s, '{}')
            """,
            f => [f.Path, f.Types, f.Needed, f.At]
        ),
        Happened("article.unpublished", "article", f => f.Id),
        Invalidated("article", f => f.Id),
        .. Tell,
    ];

    private static readonly Statement[] Rename =
    [
        new(
            """
            update authors set name = $2, name_text = $3, sort_name = $4, revision = revision + 1, updated_at = $5
            where id = $1
            """,
            f => [f.Author.Id, f.Name, IndexText.OfName(f.Name), SortKey.Of(f.Name), f.At]
        ),
        Lock,
        new(
            """
            update changes set sequence = nextval('change_sequence'), changed_at = $2
            where entity_id = $1 and entity_type = 'author'
            """,
            f => [f.Author.Id, f.At]
        ),
        new(
            """
            update section_changes set sequence = nextval('change_sequence'), changed_at = $2
            where entity_id = $1 and entity_type = 'author' and op = 'upsert'
            """,
            f => [f.Author.Id, f.At]
        ),
        Happened("author.updated", "author", f => f.Author.Id),
        Invalidated("author", f => f.Author.Id),
        .. Tell,
    ];
}
