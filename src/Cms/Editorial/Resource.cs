using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial;

/// <summary>
/// What sections, authors, tags and images have in common: an address by slug or id, a revision, and users that keep
/// them.
/// </summary>
/// <param name="Noun">What it is called.</param>
/// <param name="Table">Where it is kept.</param>
/// <param name="HasSlug">Whether it has a slug besides its id.</param>
/// <param name="Sees">The condition for it to be in a key's reach (<see cref="Reach"/>), by the alias of its table.
/// Sections and authors are open to all.</param>
internal sealed record Resource(string Noun, string Table, bool HasSlug, Func<string, string> Sees)
{
    public static readonly Resource Section = new("section", "sections", HasSlug: true, _ => "true");
    public static readonly Resource Author = new("author", "authors", HasSlug: true, _ => "true");
    public static readonly Resource Tag = new("tag", "tags", HasSlug: true, Reach.SeesTag);
    public static readonly Resource Image = new("image", "images", HasSlug: false, Reach.SeesImage);

    private const int Attempts = 50;

    /// <summary>The condition that finds it, if it is in reach, over the parameters of <see cref="Address"/>.</summary>
    public string Where(string alias, string reference) =>
        (HasSlug && SlugOrId.IdOf(reference) is null ? $"{alias}.slug = @Slug" : $"{alias}.id = @Id")
        + $" and {Sees(alias)}";

    public static object Address(string reference, Caller caller) =>
        new
        {
            Slug = reference,
            Id = SlugOrId.IdOf(reference) ?? Guid.Empty,
            Reach = Reach.Of(caller),
        };

    /// <summary>
    /// Locks it for the rest of the transaction: nobody else can change it meanwhile, or, if
    /// <paramref name="exclusive"/>, begin to use it.
    /// </summary>
    /// <exception cref="Refused">404, 412, 428.</exception>
    public async Task<ResourceHead> LockAsync(
        Edit edit,
        string reference,
        Preconditions conditions,
        bool exclusive,
        CancellationToken ct
    )
    {
        // A change lets others go on to refer to it; a deletion must not.
        var head =
            await edit.Transaction.FindAsync<ResourceHead>(
                $"""
                select r.id, r.revision from {Table} r
                where {Where("r", reference)} for {(exclusive ? "update" : "no key update")}
                """,
                Address(reference, edit.Caller),
                ct
            ) ?? throw Refused.NotFound(Noun, reference);
        edit.Found(head.Id, head.Revision);
        Conditional.Require(conditions, head.Revision);
        return head;
    }

    /// <summary>Deletes it unless something uses it.</summary>
    /// <param name="usage">Selects type, id and name of what uses <c>@Id</c>; no name for what is out of reach.</param>
    /// <exception cref="Refused">404, 412, 428; 409 with those in reach that use it.</exception>
    public async Task<ResourceHead> DeleteAsync(
        Edit edit,
        string reference,
        Preconditions conditions,
        string usage,
        CancellationToken ct
    )
    {
        var head = await LockAsync(edit, reference, conditions, exclusive: true, ct);
        var users = await edit.Transaction.ListAsync<User>(
            $"select type, id, name from ({usage}) users order by name is null limit 10",
            new { head.Id, Reach = Reach.Of(edit.Caller) },
            ct
        );
        if (users.Count > 0)
            throw InUse([
                .. users
                    .Where(u => u.Name is not null)
                    .Select(u => new Usage
                    {
                        Type = u.Type,
                        Id = u.Id,
                        Name = u.Name!,
                    }),
            ]);
        await edit.Transaction.ExecuteAsync($"delete from {Table} where id = @Id", new { head.Id }, ct);
        edit.Wrote(head.Id, revision: null);
        return head;
    }

    /// <summary>Finds a free slug made from a name and uses it; or uses the given one.</summary>
    /// <param name="write">Writes with the slug unless it is taken; false if it is.</param>
    /// <exception cref="Refused">409: the given slug is taken.</exception>
    public async Task WithSlugAsync(
        NpgsqlTransaction transaction,
        string? given,
        string name,
        Caller caller,
        Func<string, Task<bool>> write,
        CancellationToken ct
    )
    {
        var wanted = given ?? Slug.From(name, Noun);
        if (await write(wanted))
            return;
        if (given is null)
            foreach (var slug in await FreeSlugsAsync(transaction, wanted, ct))
                if (await write(slug))
                    return;
        throw await SlugTakenAsync(transaction, wanted, caller, ct);
    }

    /// <summary>
    /// The slug, and then that slug with numbers that nothing has at the moment: others may be taking them too.
    /// </summary>
    public async Task<IEnumerable<string>> FreeSlugsAsync(
        NpgsqlTransaction transaction,
        string slug,
        CancellationToken ct
    )
    {
        var stem = Slug.Stem(slug);
        var greatest = await transaction.FindAsync<int>(
            $"select coalesce(max(substring(slug from '[0-9]+$')::int), 1) from {Table} where slug ~ @Pattern",
            new { Pattern = $"^{stem}-[0-9]{{1,9}}$" },
            ct
        );
        return Enumerable.Range(greatest + 1, Attempts).Select(n => Slug.WithSuffix(stem, n)).Prepend(slug);
    }

    private async Task<Refused> SlugTakenAsync(
        NpgsqlTransaction transaction,
        string slug,
        Caller caller,
        CancellationToken ct
    )
    {
        var name = await transaction.FindAsync<string>(
            $"select r.name from {Table} r where r.slug = @slug and {Sees("r")}",
            new { slug, Reach = Reach.Of(caller) },
            ct
        );
        var holder = name is null ? $"Another {Noun}" : $"The {Noun} “{name}”";
        return new(ProblemKinds.SlugTaken, $"{holder} has the slug '{slug}'.")
        {
            Errors =
            [
                Fault.At(
                    "/slug",
                    "slug-taken",
                    $"{holder} has it. Choose another, or leave it out to get a free one."
                ),
            ],
        };
    }

    /// <summary>Whether a change has no effect: then there is no write, no revision and no event.</summary>
    public static bool IsSame<T>(T input, T current) => Json.WriteText(input) == Json.WriteText(current);

    private Refused InUse(IReadOnlyList<Usage> users) =>
        new(
            ProblemKinds.InUse,
            users.Count > 0
                ? $"The {Noun} is still used, by {Named(users)}."
                : $"The {Noun} is still used in sections out of this key's reach."
        )
        {
            UsedBy = users,
        };

    private static string Named(IReadOnlyList<Usage> users) =>
        $"the {users[0].Type} “{users[0].Name}”" + (users.Count > 1 ? " and others" : "");
}

/// <summary>What uses a resource; without a name if it is out of the key's reach.</summary>
internal sealed record User
{
    public required string Type { get; init; }
    public required Guid Id { get; init; }
    public required string? Name { get; init; }
}

/// <summary>A resource, locked.</summary>
internal sealed record ResourceHead
{
    public required Guid Id { get; init; }
    public required int Revision { get; init; }
}

/// <summary>Addresses a resource.</summary>
internal sealed record ResourceRequest
{
    /// <summary>The slug, or the id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";
}

/// <summary>Deletes a resource.</summary>
internal sealed record DeleteResourceRequest : ChangingRequest
{
    /// <summary>The slug, or the id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";
}

/// <summary>Changes a resource by a merge patch.</summary>
internal sealed record ChangeResourceRequest<T> : ChangingRequest
    where T : notnull
{
    /// <summary>The slug, or the id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    [FromBody]
    public MergePatch<T> Patch { get; init; } = null!;
}

/// <summary>The refusals of each kind of endpoint over a resource.</summary>
internal static class ResourceRefusals
{
    public static readonly ProblemKind[] Read = [ProblemKinds.NotFound];
    public static readonly ProblemKind[] List = [ProblemKinds.InvalidCursor];
    public static readonly ProblemKind[] Create = [ProblemKinds.SlugTaken];
    public static readonly ProblemKind[] Change =
    [
        ProblemKinds.NotFound,
        ProblemKinds.SlugTaken,
        ProblemKinds.RevisionChanged,
        ProblemKinds.PreconditionFailed,
        ProblemKinds.RevisionRequired,
    ];
    public static readonly ProblemKind[] Delete =
    [
        ProblemKinds.NotFound,
        ProblemKinds.InUse,
        ProblemKinds.RevisionChanged,
        ProblemKinds.PreconditionFailed,
        ProblemKinds.RevisionRequired,
    ];
}

/// <summary>What every plain list of the desk takes.</summary>
internal sealed record ResourceListRequest : PageRequest
{
    /// <summary>Words of the name, each as a beginning of it or of a part of it.</summary>
    [QueryParam]
    public string? Q { get; init; }

    /// <summary>Return only these fields, such as `id,updatedAt`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}
