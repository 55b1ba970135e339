using Cms.Access;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Cms.Publishing.Search;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Tags;

/// <summary>A tag as it is written.</summary>
internal sealed record TagInput
{
    /// <summary>The readable part of its address. Absent or null: made from the name.</summary>
    /// <example>chips</example>
    [EmptyIsNotNull]
    public string? Slug { get; init; }

    /// <example>Chips</example>
    public required string Name { get; init; }

    /// <summary>
    /// What kind of thing it names: `topic`, `person`, `organisation`, `place`, `event`, or a name of the newsroom's
    /// own, such as `product`.
    /// </summary>
    /// <example>topic</example>
    public string Kind { get; init; } = "topic";

    /// <summary>What it is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Addresses of pages elsewhere that are about the same thing, such as on Wikidata.</summary>
    public IReadOnlyList<string> SameAs { get; init; } = [];
}

/// <summary>A tag as the desk sees it.</summary>
internal sealed record EditorialTag : IRevised
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>chips</example>
    public required string Slug { get; init; }

    /// <example>Chips</example>
    public required string Name { get; init; }

    /// <summary>The tag in delivery.</summary>
    public string Url => $"/v1/tags/{Slug}";

    /// <summary>What kind of thing it names.</summary>
    /// <example>topic</example>
    public required string Kind { get; init; }

    /// <summary>What it is about, in plain text.</summary>
    public required string? Description { get; init; }

    /// <summary>Addresses of pages elsewhere that are about the same thing.</summary>
    public required IReadOnlyList<string> SameAs { get; init; }

    /// <summary>Every change makes the next one. It is the `ETag`, and what `If-Match` takes.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class TagInputRules : AbstractValidator<TagInput>
{
    public TagInputRules()
    {
        RuleFor(t => t.Slug).IsSlug();
        RuleFor(t => t.Name).NotEmpty().HasAtMost(100).IsLine();
        RuleFor(t => t.Kind)
            .Must(ArticleKinds.IsName, new SchemaWords { Pattern = ArticleKinds.Pattern })
            .WithErrorCode("wrong-form")
            .WithMessage(
                "A kind is a name such as person: a small letter, then up to 39 letters and digits."
            );
        RuleFor(t => t.Description).HasAtMost(2_000);
        RuleFor(t => t.SameAs).AtMost(20);
        RuleForEach(t => t.SameAs).NotEmpty().HasAtMost(2_000).IsWebAddress();
    }
}

/// <summary>A tag as the desk's statements give it.</summary>
internal sealed record EditorialTagRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string SortName { get; init; }
    public required string Kind { get; init; }
    public required string? Description { get; init; }
    public required string[] SameAs { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public const string Select = """
        select r.id, r.slug, r.name, r.sort_name, r.kind, r.description, r.same_as, r.revision, r.created_at,
            r.updated_at
        from tags r
        """;

    public static async Task<EditorialTagRow> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken ct
    ) => (await transaction.FindAsync<EditorialTagRow>($"{Select} where r.id = @id", new { id }, ct))!;

    public EditorialTag View() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Kind = Kind,
            Description = Description,
            SameAs = SameAs,
            Revision = Revision,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };

    public TagInput ToInput() =>
        new()
        {
            Slug = Slug,
            Name = Name,
            Kind = Kind,
            Description = Description,
            SameAs = SameAs,
        };
}

/// <summary>Writes of tags.</summary>
internal static class TagWriter
{
    public static async Task<Guid> CreateAsync(
        NpgsqlTransaction transaction,
        TagInput input,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var id = Platform.Ids.New(at);
        await WriteAsync(transaction, Insert, id, input, caller, at, ct);
        return id;
    }

    public static Task ChangeAsync(
        NpgsqlTransaction transaction,
        Guid id,
        TagInput input,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    ) => WriteAsync(transaction, Update, id, input, caller, at, ct);

    private static async Task WriteAsync(
        NpgsqlTransaction transaction,
        string sql,
        Guid id,
        TagInput input,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var key = NameKey.Of(input.Name);
        if (
            await transaction.FindAsync<Holder>(
                $"""
                select r.name, r.slug, {Reach.SeesTag("r")} is_seen from tags r
                where r.name_key = @key and r.id <> @id and not exists (select from tags o
                    where o.id = @id and o.name = @Name)
                """,
                new
                {
                    key,
                    id,
                    input.Name,
                    Reach = Reach.Of(caller),
                },
                ct
            ) is
            { } holder
        )
            throw NameTaken(
                input.Name,
                holder.IsSeen == true ? $"the tag '{holder.Name}' ({holder.Slug})" : "another tag"
            );
        try
        {
            await Resource.Tag.WithSlugAsync(
                transaction,
                input.Slug,
                input.Name,
                caller,
                async slug =>
                    await transaction.ExecuteAsync(
                        sql,
                        new
                        {
                            id,
                            slug,
                            input.Name,
                            NameText = IndexText.OfName(input.Name),
                            key,
                            SortName = SortKey.Of(input.Name),
                            input.Kind,
                            input.Description,
                            SameAs = input.SameAs.ToArray(),
                            at,
                        },
                        ct
                    ) == 1,
                ct
            );
        }
        catch (PostgresException e) when (e.ConstraintName == "tags_name_key")
        {
            // Made a moment ago by somebody else.
            throw NameTaken(input.Name, "another tag");
        }
    }

    private sealed record Holder
    {
        public required string Name { get; init; }
        public required string Slug { get; init; }
        public required bool? IsSeen { get; init; }
    }

    private static Refused NameTaken(string name, string holder) =>
        new(
            ProblemKinds.NameTaken,
            $"The name '{name}' looks the same as that of {holder}: case, Unicode form, white space and "
                + "invisible characters make no difference."
        )
        {
            Errors = [Fault.At("/name", "name-taken", $"Use {holder}, or choose another name.")],
        };

    private const string Insert = """
        insert into tags (id, slug, name, name_key, name_text, sort_name, kind, description, same_as, created_at,
            updated_at)
        values (@id, @slug, @Name, @key, @NameText, @SortName, @Kind, @Description, @SameAs, @at, @at)
        on conflict (slug) do nothing
        """;

    // A tag from before look-alikes were refused can be changed as long as it keeps its name.
    private const string Update = """
        update tags set slug = @slug, name = @Name, name_key = case name when @Name then name_key
            else @key end, name_text = @NameText,
               sort_name = @SortName, kind = @Kind, description = @Description, same_as = @SameAs,
               revision = revision + 1, updated_at = @at
        where id = @id and not exists (select from tags o where o.slug = @slug and o.id <> @id)
        """;
}
