using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Sections;

/// <summary>A section as it is written.</summary>
internal sealed record SectionInput
{
    /// <summary>The readable part of its address. Absent or null: made from the name.</summary>
    /// <example>politics</example>
    [EmptyIsNotNull]
    public string? Slug { get; init; }

    /// <example>Politics</example>
    public required string Name { get; init; }

    /// <summary>What it is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Where it stands among its siblings: lists of sections are in this order.</summary>
    public int Position { get; init; }

    /// <summary>Slug or id of the section above; null at the top. At most five levels, no circles.</summary>
    [EmptyIsNotNull]
    public string? Parent { get; init; }
}

/// <summary>A section as the desk sees it.</summary>
internal sealed record EditorialSection : IRevised
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>politics</example>
    public required string Slug { get; init; }

    /// <example>Politics</example>
    public required string Name { get; init; }

    /// <summary>The section in delivery.</summary>
    public string Url => $"/v1/sections/{Slug}";

    /// <summary>What it is about, in plain text.</summary>
    public required string? Description { get; init; }

    /// <summary>Where it stands among its siblings.</summary>
    public required int Position { get; init; }

    /// <summary>The section above; null at the top.</summary>
    public required SectionRef? Parent { get; init; }

    /// <summary>Every change makes the next one. It is the `ETag`, and what `If-Match` takes.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class SectionInputRules : AbstractValidator<SectionInput>
{
    public SectionInputRules()
    {
        RuleFor(s => s.Slug).IsSlug();
        RuleFor(s => s.Name).NotEmpty().HasAtMost(100).IsLine();
        RuleFor(s => s.Description).HasAtMost(2_000);
        RuleFor(s => s.Position).InclusiveBetween(0, 1_000_000);
        RuleFor(s => s.Parent).MinimumLength(1).HasAtMost(Publishing.Slug.MaxLength);
    }
}

/// <summary>A section as the desk's statements give it.</summary>
internal sealed record EditorialSectionRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string? Description { get; init; }
    public required int Position { get; init; }
    public required Guid? ParentId { get; init; }
    public required string? ParentSlug { get; init; }
    public required string? ParentName { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public const string Select = """
        select r.id, r.slug, r.name, r.description, r.position, p.id parent_id, p.slug parent_slug, p.name parent_name,
               r.revision, r.created_at, r.updated_at
        from sections r left join sections p on p.id = r.parent_id
        """;

    public static async Task<EditorialSectionRow> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken ct
    ) => (await transaction.FindAsync<EditorialSectionRow>($"{Select} where r.id = @id", new { id }, ct))!;

    public EditorialSection View() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Description = Description,
            Position = Position,
            Parent = ParentId is { } parent
                ? new SectionRef
                {
                    Id = parent,
                    Slug = ParentSlug!,
                    Name = ParentName!,
                }
                : null,
            Revision = Revision,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };

    public SectionInput ToInput() =>
        new()
        {
            Slug = Slug,
            Name = Name,
            Description = Description,
            Position = Position,
            Parent = ParentId?.ToString(),
        };
}

/// <summary>Writes of sections.</summary>
internal static class SectionWriter
{
    public static async Task<Guid> CreateAsync(
        NpgsqlTransaction transaction,
        SectionInput input,
        DateTimeOffset at,
        CancellationToken ct,
        Guid? knownAs = null
    )
    {
        var id = knownAs ?? Platform.Ids.New(at);
        var parent = await FindParentAsync(transaction, input.Parent, ct);
        await InTreeAsync(() =>
            Resource.Section.WithSlugAsync(
                transaction,
                input.Slug,
                input.Name,
                Access.Caller.System,
                async slug =>
                    await transaction.ExecuteAsync(
                        Insert,
                        new
                        {
                            id,
                            slug,
                            input.Name,
                            input.Description,
                            input.Position,
                            parent,
                            at,
                        },
                        ct
                    ) == 1,
                ct
            )
        );
        return id;
    }

    public static async Task ChangeAsync(
        NpgsqlTransaction transaction,
        Guid id,
        SectionInput input,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var parent = await FindParentAsync(transaction, input.Parent, ct);
        await InTreeAsync(() =>
            Resource.Section.WithSlugAsync(
                transaction,
                input.Slug,
                input.Name,
                Access.Caller.System,
                async slug =>
                    await transaction.ExecuteAsync(
                        Update,
                        new
                        {
                            id,
                            slug,
                            input.Name,
                            input.Description,
                            input.Position,
                            parent,
                            at,
                        },
                        ct
                    ) == 1,
                ct
            )
        );
    }

    /// <summary>Keeps the tree as it is for the rest of the transaction.</summary>
    public static Task LockTreeAsync(NpgsqlTransaction transaction, CancellationToken ct) =>
        transaction.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended('cms:sections', 0))",
            new { },
            ct
        );

    /// <summary>Adds the faults that only the database can find.</summary>
    public static async Task FindFaultsAsync(
        NpgsqlTransaction transaction,
        SectionInput input,
        Faults faults,
        CancellationToken ct
    )
    {
        if (input.Parent is not { } parent || await FindAsync(transaction, parent, ct) is not null)
            return;
        faults.AddIndependent([UnknownParent(parent)]);
    }

    /// <summary>The section above.</summary>
    /// <exception cref="Refused">422: there is none.</exception>
    public static async Task<Guid?> FindParentAsync(
        NpgsqlTransaction transaction,
        string? reference,
        CancellationToken ct
    ) =>
        reference is null
            ? null
            : await FindAsync(transaction, reference, ct)
                ?? throw Refused.Invalid([UnknownParent(reference)]);

    private static Task<Guid?> FindAsync(
        NpgsqlTransaction transaction,
        string reference,
        CancellationToken ct
    ) =>
        transaction.FindAsync<Guid?>(
            $"select p.id from sections p where {Resource.Section.Where("p", reference)}",
            Resource.Address(reference, Access.Caller.System),
            ct
        );

    private static Fault UnknownParent(string reference) =>
        Fault.At("/parent", "unknown-reference", $"There is no section '{Text.Short(reference)}'.");

    /// <summary>The database keeps the tree (a trigger); here its refusals get their words.</summary>
    private static async Task InTreeAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (PostgresException e) when (e.ConstraintName == "sections_tree")
        {
            throw Refused.Invalid("/parent", "circle", "A section cannot stand below itself.");
        }
        catch (PostgresException e) when (e.ConstraintName == "sections_depth")
        {
            throw Refused.Invalid("/parent", "too-deep", "Sections nest at most five levels deep.");
        }
    }

    private const string Insert = """
        insert into sections (id, slug, name, description, position, parent_id, created_at, updated_at)
        values (@id, @slug, @Name, @Description, @Position, @parent, @at, @at)
        on conflict (slug) do nothing
        """;

    private const string Update = """
        update sections set slug = @slug, name = @Name, description = @Description, position = @Position,
            parent_id = @parent,
               revision = revision + 1, updated_at = @at
        where id = @id and not exists (select from sections o where o.slug = @slug and o.id <> @id)
        """;
}
