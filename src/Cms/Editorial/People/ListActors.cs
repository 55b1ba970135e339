using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.People;

/// <summary>Lists who works at the desk</summary>
/// <remarks>People who came with a token at least once, and keys that are valid, by name: for tools that let their user
/// choose whom a note calls. Those who only read what is published are left out.</remarks>
internal sealed class ListActors(NpgsqlDataSource postgres, Cursors cursors, TimeProvider clock)
    : Slice<ListActorsRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/actors");
        Permissions(Permission.ReadDesk);
        Answers<Paged<ListedActor>>(200, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListActorsRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<ListedActor>(request.Fields);
        var kind = request.Kind?.ToString().ToLowerInvariant();
        var list = new KeysetList
        {
            Name = $"actors|{kind}",
            Select = Select,
            Key = "o.name",
            KeyType = "text",
            Id = "o.id",
            Where = Working + (kind is null ? "" : " and o.kind = @kind"),
            Arguments = new { kind, Now = clock.GetUtcNow() },
        };
        var (page, info) = await list.ReadAsync<Row>(
            postgres,
            cursors,
            request,
            row => (row.Name, row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<ListedActor> { Data = [.. page.Select(r => r.View())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    private const string Select = """
        select o.id, o.kind, o.name, coalesce(k.role, p.role) role,
               coalesce(k.last_used_at, p.last_seen_at) last_seen_at
        from actors o left join api_keys k on k.id = o.id left join people p on p.id = o.id
        """;

    private const string Working = """
        coalesce(k.role, p.role) <> 'reader' and k.revoked_at is null and (k.expires_at is null or k.expires_at > @Now)
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Kind { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required DateTimeOffset? LastSeenAt { get; init; }

        public ListedActor View() =>
            new()
            {
                Id = Id,
                Kind = Enum.Parse<ActorKind>(Kind, ignoreCase: true),
                Name = Name,
                Role = Enum.Parse<Role>(Role, ignoreCase: true),
                LastSeenAt = LastSeenAt,
            };
    }
}

/// <summary>A key or a person at the desk.</summary>
internal sealed record ListedActor
{
    /// <summary>UUIDv7: the key's id, or the person's.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it is a key or a person.</summary>
    public required ActorKind Kind { get; init; }

    /// <summary>The key's name, or the person's.</summary>
    /// <example>Newsdesk</example>
    public required string Name { get; init; }

    /// <summary>The role; a person's is that of the last token.</summary>
    public required Role Role { get; init; }

    /// <summary>When it was last here, give or take a minute; null: never.</summary>
    public required DateTimeOffset? LastSeenAt { get; init; }
}

internal sealed record ListActorsRequest : PageRequest
{
    /// <summary>Only people, or only keys.</summary>
    [QueryParam]
    public ActorKind? Kind { get; init; }
}

internal sealed class ListActorsRules : PageRules<ListActorsRequest>;
