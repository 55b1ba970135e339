using System.Globalization;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Search;
using Npgsql;
using NpgsqlTypes;
using SortKey = Cms.Publishing.SortKey;

namespace Cms.Benchmarks.Corpus;

/// <summary>
/// Writes a newsroom into an empty, migrated database: ten years of articles, each published once, with a few drafts
/// and withdrawn ones between them. What the server stores of an article is made by the server's own code; the rest is
/// what its statements would have left. (There are no files to the images, and what happened is long forgotten: no
/// events.)
/// </summary>
internal sealed class CorpusWriter
{
    /// <summary>Of what is written here: another one makes another corpus.</summary>
    public const byte Version = 4;

    private const int Seed = 20_160_101;

    private const int ArticlesPerDraft = 25;
    private const int ArticlesPerWithdrawn = 50;
    private const int Checked = 200;
    private static readonly DateTimeOffset Opened = new(2016, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Years = TimeSpan.FromDays(3_650);

    private readonly NpgsqlDataSource _postgres;
    private readonly int _articles;
    private readonly Dice _dice = new(Seed);
    private readonly Prose _prose;
    private readonly List<(Guid Id, Guid[] Path)> _sections = [];
    private readonly List<Guid> _authors = [];
    private readonly List<Guid> _tags = [];
    private readonly List<Guid> _images = [];

    private CorpusWriter(NpgsqlDataSource postgres, int articles)
    {
        (_postgres, _articles) = (postgres, articles);
        _prose = new(_dice);
    }

    /// <summary>The words that it is written in, the most frequent first.</summary>
    public static IReadOnlyList<string> Words() => new Prose(new(Seed)).Words;

    public static Task WriteAsync(NpgsqlDataSource postgres, int articles, CancellationToken ct) =>
        new CorpusWriter(postgres, articles).WriteAsync(ct);

    private async Task WriteAsync(CancellationToken ct)
    {
        await using var connection = await _postgres.OpenConnectionAsync(ct);
        await using var second = await _postgres.OpenConnectionAsync(ct);
        foreach (var each in (NpgsqlConnection[])[connection, second])
            // No foreign keys and no triggers while it is loaded (but those that make words of names): what they would
            // find is checked at the end.
            await ExecuteAsync(
                each,
                "set session_replication_role = replica; set synchronous_commit = off",
                ct
            );
        await ExecuteAsync(connection, CreateFacts, ct);
        await ExecuteAsync(connection, MakeNameWords, ct);
        var indexes = await DropIndexesAsync(connection, ct);
        await Task.Run(
            () =>
            {
                WriteImages(connection);
                WriteSections(connection);
                WriteAuthors(connection);
                WriteTags(connection);
                WriteArticles(connection, second);
            },
            ct
        );
        foreach (var statement in Derive)
            await ExecuteAsync(connection, statement, ct);
        // The longest part of all, most of it spent on one processor for each connection.
        await Task.WhenAll(
            ExecuteAsync(connection, DeriveWords("<"), ct),
            ExecuteAsync(second, DeriveWords(">="), ct)
        );
        await Task.WhenAll(
            CreateIndexesAsync(connection, indexes.Where((_, i) => i % 2 == 0), ct),
            CreateIndexesAsync(second, indexes.Where((_, i) => i % 2 == 1), ct)
        );
        foreach (var statement in Finish)
            await ExecuteAsync(connection, statement, ct);
        await ExecuteAsync(connection, "vacuum (analyze)", ct);
    }

    private void WriteImages(NpgsqlConnection connection)
    {
        var files = new List<byte[]>();
        using (
            var copy = connection.BeginBinaryImport(
                "copy image_files (sha256, media_type, bytes, width, height, placeholder) from stdin binary"
            )
        )
        {
            for (var i = 0; i < Math.Max(50, _articles / 2); i++)
            {
                files.Add(_dice.Bytes(32));
                copy.StartRow();
                copy.Write(files[i], NpgsqlDbType.Bytea);
                copy.Write("image/jpeg");
                copy.Write((long)_dice.Between(60_000, 900_000));
                copy.Write(1_600);
                copy.Write(_dice.Chance(0.7) ? 900 : 1_067);
                copy.Write(
                    "data:image/webp;base64," + Convert.ToBase64String(_dice.Bytes(_dice.Between(80, 160)))
                );
            }
            copy.Complete();
        }
        using var images = connection.BeginBinaryImport(
            "copy images (id, sha256, alt, caption, credit, focal_x, focal_y, file_name, created_at, "
                + "updated_at) from stdin binary"
        );
        for (var i = 0; i < files.Count; i++)
        {
            var at = Opened + (Years * ((double)i / files.Count));
            _images.Add(_dice.Id(at));
            images.StartRow();
            images.Write(_images[i]);
            images.Write(files[i], NpgsqlDbType.Bytea);
            images.Write(_prose.Line(4, 12));
            Write(images, _dice.Chance(0.7) ? _prose.Line(6, 16) : null);
            Write(images, $"Photo: {_prose.Name()} {_prose.Name()}");
            if (_dice.Chance(0.5))
            {
                images.Write(Math.Round(_dice.Share(), 2));
                images.Write(Math.Round(_dice.Share(), 2));
            }
            else
            {
                images.WriteNull();
                images.WriteNull();
            }
            images.Write(string.Create(CultureInfo.InvariantCulture, $"picture-{i}.jpg"));
            WriteTimes(images, at);
        }
        images.Complete();
    }

    /// <summary>8 sections with 6 each, and 3 in each of those: three levels, 200 sections.</summary>
    private void WriteSections(NpgsqlConnection connection)
    {
        using var copy = connection.BeginBinaryImport(
            "copy sections (id, slug, name, description, position, parent_id, created_at, updated_at) from stdin binary"
        );
        for (var i = 0; i < 8; i++)
        {
            var top = Add([], i);
            for (var j = 0; j < 6; j++)
            {
                var middle = Add(top, j);
                for (var k = 0; k < 3; k++)
                    Add(middle, k);
            }
        }
        copy.Complete();

        Guid[] Add(Guid[] above, int position)
        {
            var at = Opened.AddMinutes(_sections.Count);
            var id = _dice.Id(at);
            var name = string.Create(CultureInfo.InvariantCulture, $"{_prose.Name()} {_sections.Count + 1}");
            copy.StartRow();
            copy.Write(id);
            copy.Write(Slug.From(name));
            copy.Write(name);
            Write(copy, _prose.Line(5, 15));
            copy.Write(position);
            if (above.Length > 0)
                copy.Write(above[^1]);
            else
                copy.WriteNull();
            WriteTimes(copy, at);
            _sections.Add((id, [.. above, id]));
            return _sections[^1].Path;
        }
    }

    private void WriteAuthors(NpgsqlConnection connection)
    {
        using var copy = connection.BeginBinaryImport(
            "copy authors (id, slug, name, name_text, job_title, bio, social, avatar_image_id, email, "
                + "sort_name, created_at, updated_at) from stdin binary"
        );
        for (var i = 0; i < Math.Clamp(_articles / 50, 20, 5_000); i++)
        {
            var at = Opened.AddMinutes(i);
            var name = $"{_prose.Name()} {_prose.Name()}";
            _authors.Add(_dice.Id(at));
            copy.StartRow();
            copy.Write(_authors[i]);
            copy.Write(string.Create(CultureInfo.InvariantCulture, $"{Slug.From(name)}-{i}"));
            copy.Write(name);
            copy.Write(IndexText.OfName(name));
            Write(copy, _prose.Line(1, 3));
            Write(copy, _prose.Line(15, 50));
            copy.Write($$"""{"mastodon": "@{{_prose.Word()}}@example.social"}""", NpgsqlDbType.Jsonb);
            if (_dice.Chance(0.7))
                copy.Write(_dice.Pick(_images));
            else
                copy.WriteNull();
            copy.WriteNull();
            copy.Write(SortKey.Of(name));
            WriteTimes(copy, at);
        }
        copy.Complete();
    }

    private void WriteTags(NpgsqlConnection connection)
    {
        using var copy = connection.BeginBinaryImport(
            "copy tags (id, slug, name, name_text, sort_name, created_at, updated_at) from stdin binary"
        );
        for (var i = 0; i < Math.Clamp(_articles / 25, 50, 20_000); i++)
        {
            var at = Opened.AddMinutes(i);
            var name = string.Create(CultureInfo.InvariantCulture, $"{_prose.Name()} {i}");
            _tags.Add(_dice.Id(at));
            copy.StartRow();
            copy.Write(_tags[i]);
            copy.Write(Slug.From(name));
            copy.Write(name);
            copy.Write(IndexText.OfName(name));
            copy.Write(SortKey.Of(name));
            WriteTimes(copy, at);
        }
        copy.Complete();
    }

    private void WriteArticles(NpgsqlConnection connection, NpgsqlConnection second)
    {
        using var revisions = connection.BeginBinaryImport(CopyRevisions);
        using var facts = second.BeginBinaryImport(CopyFacts);
        // Some sections, authors and tags have most of the articles.
        var (sections, authors, tags) = (
            new Zipf(_sections.Count),
            new Zipf(_authors.Count),
            new Zipf(_tags.Count)
        );
        var recent = new Queue<Guid>();
        for (var i = 0; i < _articles; i++)
        {
            var at =
                Opened + (Years * ((double)i / _articles)) + TimeSpan.FromMilliseconds(_dice.Below(1_000));
            var id = WriteArticle(i, ArticleStatus.Published, at);
            recent.Enqueue(id);
            if (recent.Count > 500)
                recent.Dequeue();
            if (i % ArticlesPerDraft == 0)
                WriteArticle(i, ArticleStatus.Draft, at);
            if (i % ArticlesPerWithdrawn == 0)
                WriteArticle(i, ArticleStatus.Unpublished, at);
        }
        revisions.Complete();
        facts.Complete();

        Guid WriteArticle(int number, ArticleStatus status, DateTimeOffset at)
        {
            var id = _dice.Id(at);
            var section = _sections[sections.Pick(_dice)];
            // What is needed by nothing that is published has no place in the feed; so what is not needs nothing.
            var published = status == ArticleStatus.Published;
            var images = published ? Pictures(number) : [];
            var hero =
                images.Length > 0
                    ? new ImageUseInput
                    {
                        Id = images[0],
                        Caption = _dice.Chance(0.3) ? _prose.Line(6, 14) : null,
                    }
                    : null;
            var pieces = WithImages(_prose.Body(), images);
            var json = $$"""{"blocks":[{{string.Join(',', pieces.Select(p => p.Json))}}]}""";
            var body = new Body { Blocks = [.. pieces.Select(p => p.Block)] };
            if (number < Checked)
                RequireCanonical(body, json);
            var headline = _prose.Line(6, 11);
            var written = at + Delay();
            var words = pieces.Sum(p => p.Words);
            var content = new ArticleContent
            {
                Slug = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Slug.Stem(Slug.From(headline))}-{(char)('a' + (int)status)}{number}"
                ),
                Kind = ArticleKinds.Story,
                Lang = null,
                Dir = null,
                Kicker = _dice.Chance(0.6) ? _prose.Line(1, 2) : null,
                Headline = headline,
                Deck = _dice.Chance(0.9) ? _prose.Line(12, 24) : null,
                Excerpt = _dice.Chance(0.3) ? _prose.Line(20, 35) : null,
                Body = json,
                SectionId = section.Id,
                AuthorIds = published
                    ? [.. authors.Pick(_dice, _dice.Chance(0.3) ? 2 : 1).Select(a => _authors[a])]
                    : [],
                TagIds = published ? [.. tags.Pick(_dice, _dice.Between(1, 6)).Select(t => _tags[t])] : [],
                RelatedIds =
                    published && recent.Count > 3 && _dice.Chance(0.4)
                        ?
                        [
                            .. Enumerable
                                .Range(0, 3)
                                .Select(_ => recent.ElementAt(_dice.Below(recent.Count)))
                                .Distinct(),
                        ]
                        : [],
                HeroImage = hero,
                Access = _dice.Below(10) switch
                {
                    0 => ArticleAccess.Subscriber,
                    1 => ArticleAccess.Registered,
                    _ => ArticleAccess.Public,
                },
                AlertHeadline = null,
                NewsletterHeadline = null,
                Disclosure = null,
                Corrections = _dice.Chance(0.03)
                    ? [new Correction { At = at.AddHours(5), Text = _prose.Line(10, 20) }]
                    : [],
                Seo = _dice.Chance(0.2) ? new Seo { Title = _prose.Line(5, 8) } : null,
                PublishedAt = written == at ? null : at,
                EmbargoedUntil = null,
            };
            WriteRevision(revisions, id, content, words, written);

            facts.StartRow();
            facts.Write(id);
            facts.Write(status.ToString().ToLowerInvariant());
            facts.Write(
                content.Excerpt
                    ?? body.Excerpt(ArticleLimits.MadeExcerpt, content.Access != ArticleAccess.Public)
            );
            facts.Write(SortKey.Of(headline));
            facts.Write(section.Path);
            facts.Write(images);
            facts.Write(IndexText.Of(pieces.Select(p => p.Text)));
            return id;
        }
    }

    /// <summary>
    /// How long after its publication an article was last written: most at once, some within two days, few after
    /// months.
    /// </summary>
    private TimeSpan Delay() =>
        _dice.Below(100) switch
        {
            < 3 => TimeSpan.FromMinutes(_dice.Between(31 * 1_440, 300 * 1_440)),
            < 15 => TimeSpan.FromMinutes(_dice.Between(1, 2 * 1_440)),
            _ => TimeSpan.Zero,
        };

    /// <summary>Of its time, and few of them used twice.</summary>
    private Guid[] Pictures(int number)
    {
        var near = (int)((long)number * _images.Count / _articles);
        return
        [
            .. Enumerable
                .Range(0, _dice.Chance(0.9) ? _dice.Between(1, 3) : 0)
                .Select(_ => _images[Math.Clamp(near + _dice.Between(-20, 20), 0, _images.Count - 1)])
                .Distinct(),
        ];
    }

    /// <summary>The first picture is on top, the others stand in the body.</summary>
    private List<Piece> WithImages(List<Piece> pieces, Guid[] images)
    {
        foreach (var image in images.Skip(1))
            pieces.Insert(
                _dice.Between(1, pieces.Count - 1),
                Piece.Of(
                    new ImageBlock
                    {
                        Image = new() { Id = image, Caption = _dice.Chance(0.3) ? _prose.Line(6, 14) : null },
                    }
                )
            );
        return pieces;
    }

    private static void WriteRevision(
        NpgsqlBinaryImporter copy,
        Guid id,
        ArticleContent content,
        int words,
        DateTimeOffset at
    )
    {
        copy.StartRow();
        copy.Write(id);
        copy.Write(1);
        copy.Write(content.Slug);
        Write(copy, content.Kicker);
        copy.Write(content.Headline);
        Write(copy, content.Deck);
        Write(copy, content.Excerpt);
        copy.Write(content.Body, NpgsqlDbType.Jsonb);
        copy.Write(content.SectionId!.Value);
        copy.Write(content.AuthorIds);
        copy.Write(content.TagIds);
        copy.Write(content.RelatedIds);
        WriteJson(copy, content.HeroImage);
        copy.Write(content.Access.ToString().ToLowerInvariant());
        WriteJson(copy, content.Corrections);
        WriteJson(copy, content.Seo);
        copy.Write(words);
        copy.Write(Body.MinutesFor(words));
        copy.Write(ContentHash.Of(content), NpgsqlDbType.Bytea);
        if (content.PublishedAt is { } published)
            copy.Write(published, NpgsqlDbType.TimestampTz);
        else
            copy.WriteNull();
        copy.Write(at, NpgsqlDbType.TimestampTz);
    }

    private static void RequireCanonical(Body body, string json)
    {
        var read = BodyReader.FromBlocks(body.Blocks);
        if (body.ToJson() != json || !read.IsValid || read.Body.ToJson() != json)
            throw new InvalidOperationException($"The server would store this body otherwise: {json[..400]}");
    }

    private static void Write(NpgsqlBinaryImporter copy, string? text)
    {
        if (text is null)
            copy.WriteNull();
        else
            copy.Write(text);
    }

    private static void WriteJson<T>(NpgsqlBinaryImporter copy, T value)
    {
        if (value is null)
            copy.WriteNull();
        else
            copy.Write(Json.WriteText(value), NpgsqlDbType.Jsonb);
    }

    private static void WriteTimes(NpgsqlBinaryImporter copy, DateTimeOffset at)
    {
        copy.Write(at, NpgsqlDbType.TimestampTz);
        copy.Write(at, NpgsqlDbType.TimestampTz);
    }

    /// <summary>
    /// Row by row the indexes would take an hour; made at the end, minutes. Those of constraints stay.
    /// </summary>
    private async Task<IReadOnlyList<string>> DropIndexesAsync(
        NpgsqlConnection connection,
        CancellationToken ct
    )
    {
        var indexes = await _postgres.ListAsync<string>(SelectIndexes, new { }, ct);
        await ExecuteAsync(connection, DropIndexes, ct);
        return indexes;
    }

    private static async Task CreateIndexesAsync(
        NpgsqlConnection connection,
        IEnumerable<string> indexes,
        CancellationToken ct
    )
    {
        await ExecuteAsync(connection, "set maintenance_work_mem = '1GB'", ct);
        foreach (var index in indexes)
            await ExecuteAsync(connection, index, ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private const string SelectIndexes = """
        select pg_get_indexdef(i.indexrelid)
        from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint c
            where c.conindid = i.indexrelid)
        order by t.relname, i.indexrelid
        """;

    private const string DropIndexes = """
        do $$
        declare name text;
        begin
            for name in
                select i.indexrelid::regclass::text
                from pg_index i join pg_class t on t.oid = i.indrelid
                where t.relnamespace = 'public'::regnamespace and not exists (select from pg_constraint c
                    where c.conindid = i.indexrelid)
            loop
                execute 'drop index ' || name;
            end loop;
        end $$
        """;

    private const string CreateFacts = """
        create unlogged table facts (
            id uuid primary key, status text, excerpt text, sort_headline text,
            section_path uuid[], image_ids uuid[], text text)
        """;

    private const string CopyFacts =
        "copy facts (id, status, excerpt, sort_headline, section_path, image_ids, text) from stdin binary";

    private const string CopyRevisions = """
        copy article_revisions (
            article_id, number, slug, kicker, headline, deck, excerpt, body, section_id, author_ids, tag_ids,
                related_ids, hero_image,
            access, corrections, seo, word_count, reading_minutes, content_hash, published_at, created_at)
            from stdin binary
        """;

    private const string MakeNameWords = """
        alter table authors enable always trigger authors_name_words;
        alter table tags enable always trigger tags_name_words
        """;

    // As ArticleWriter, Publisher and ChangeLog write them, each with its own statement for one article.
    private static readonly string[] Derive =
    [
        $"update settings set value = '{TextAnalysis.Version}' where name = 'search-analysis'",
        """
            insert into articles (id, slug, status, revision, published_revision, first_published_at, section_id,
                headline, created_at, updated_at)
            select id, slug, status, 1, case status when 'published' then 1 end, case
                when status <> 'draft' then created_at end,
                   section_id, headline, created_at, created_at
            from article_revisions join facts on id = article_id
            """,
        "insert into article_slugs (slug, article_id) select slug, id from articles",
        """
            insert into article_authors (article_id, author_id) select article_id, unnest(author_ids)
            from article_revisions
            """,
        "insert into article_tags (article_id, tag_id) select article_id, unnest(tag_ids) from article_revisions",
        "insert into article_images (article_id, image_id) select id, unnest(image_ids) from facts",
        $"""
            insert into article_words (article_id, analysis, words)
            select article_id, {TextAnalysis.Version},
                   to_tsvector('search_simple', concat_ws(' ', headline, kicker, deck, translate(slug, '-', ' ')))
                   from article_revisions
            """,
        """
            insert into published_articles (
                id, slug, revision, content_hash, kicker, headline, deck, excerpt, body, access, section_id,
                    section_path, author_ids, tag_ids,
                related_ids, hero_image_id, hero_alt, hero_caption, hero_credit, disclosure, corrections, seo,
                    word_count, reading_minutes,
                published_at, updated_at, sort_headline)
            select f.id, r.slug, 1, content_hash, kicker, headline, deck, f.excerpt, body, access, section_id,
                section_path, author_ids, tag_ids,
                   related_ids, (hero_image ->> 'id')::uuid, hero_image ->> 'alt', hero_image ->> 'caption',
                       hero_image ->> 'credit', disclosure,
                   corrections, seo, word_count, reading_minutes, coalesce(published_at, created_at), created_at,
                       sort_headline
            from facts f join article_revisions r on r.article_id = f.id where status = 'published' order by f.id
            """,
        """
            insert into published_slugs (slug, article_id)
            select r.slug, f.id from facts f join article_revisions r on r.article_id = f.id where status <> 'draft'
            """,
        """
            insert into published_article_sections (section_id, article_id, published_at, updated_at, sort_headline)
            select unnest(section_path), id, published_at, updated_at, sort_headline from published_articles
            """,
        """
            insert into published_article_authors (author_id, article_id, published_at, updated_at, sort_headline)
            select unnest(author_ids), id, published_at, updated_at, sort_headline from published_articles
            """,
        """
            insert into published_article_tags (tag_id, article_id, published_at, updated_at, sort_headline)
            select unnest(tag_ids), id, published_at, updated_at, sort_headline from published_articles
            """,
        """
            insert into published_article_images (image_id, article_id, in_teaser)
            select unnest(image_ids), id, false from facts where status = 'published'
            """,
    ];

    /// <summary>Of the articles before the middle, or from it on.</summary>
    private static string DeriveWords(string side) =>
        $"""
            insert into published_article_words (article_id, published_at, language, analysis, words)
            select p.id, p.published_at, 'english', {TextAnalysis.Version},
                   search_words(headline, concat_ws(' ', kicker, deck), f.text, '', section_id, author_ids,
                       tag_ids, access, published_at)
            -- By id, which is by time: to sort by it would be to sort gigabytes of words.
            from published_articles p join facts f using (id)
            where p.published_at {side} (select min(published_at) + (max(published_at) - min(published_at)) / 2
                from published_articles)
            """;

    private static readonly string[] Finish =
    [
        // Of every twentieth article, for all of them.
        """
            insert into search_vocabulary (word, articles)
            select w.lexeme, 20 * count(*)
            from (select headline, text from published_articles p join facts f using (id)
                where get_byte(uuid_send(p.id), 15) % 20 = 0) t,
                 unnest(to_tsvector('search_simple', headline || ' ' || text)) w
            where length(w.lexeme) between 2 and 40 and w.lexeme !~ '[0-9/@.:_]' group by 1
            """,
        "analyze",
        """
            insert into changes (entity_type, entity_id, sequence, op, reason, slug, changed_at)
            select entity_type, id, nextval('change_sequence'), op, reason, slug, at from (
                select 'section' entity_type, id, 'upsert' op, null reason, slug::text, 1 rank, updated_at at
                from sections
                union all select 'image', p.id, 'upsert', null, null, 2, created_at from published_images p
                    join images using (id)
                union all select 'author', id, 'upsert', null, slug, 3, updated_at from authors
                union all select 'tag', p.id, 'upsert', null, p.slug, 4, created_at from published_tags p
                    join tags using (id)
                union all select 'article', id, 'upsert', null, slug, 5, updated_at from published_articles
                union all select 'article', id, 'delete', 'unpublished', slug, 6, updated_at from articles
                where status = 'unpublished'
                order by 6, 2) c
            """,
        """
            insert into section_changes (section_id, entity_type, entity_id, sequence, op, changed_at)
            select section_id, entity_type, id, nextval('change_sequence'), op, at from (
                select m.section_id, m.entity_type, m.id, 'upsert' op, rank, c.changed_at at from (
                    select section_id, 'article' entity_type, article_id id, 4 rank from published_article_sections
                    union select s.section_id, 'author', u.author_id, 2 from published_article_sections s
                        join published_article_authors u using (article_id)
                    union select s.section_id, 'tag', u.tag_id, 3 from published_article_sections s
                        join published_article_tags u using (article_id)
                    union select s.section_id, 'image', u.image_id, 1 from published_article_sections s
                        join published_article_images u using (article_id)
                    union select s.section_id, 'image', a.avatar_image_id, 1 from published_article_sections s
                        join published_article_authors u using (article_id) join authors a on a.id = u.author_id
                        where a.avatar_image_id is not null) m
                join changes c on (c.entity_type, c.entity_id) = (m.entity_type, m.id)
                union all select unnest(f.section_path), 'article', f.id, 'delete', 5, a.updated_at
                from facts f join articles a using (id) where f.status = 'unpublished'
                order by 5, 3) c
            """,
        """
            update change_feed set head = (select last_value
                from change_sequence), changed_at = (select max(changed_at) from changes)
            """,
        """
            update settings set value = case name when 'search-indexed' then 'english' else (select head::text
                from change_feed) end
            where name in ('search-indexed', 'search-vocabulary', 'search-vocabulary-counted')
            """,
        "drop table facts",
    ];
}
