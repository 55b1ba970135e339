using Cms.Access;
using Cms.Desk;
using Cms.Platform;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using FastEndpoints;

namespace Cms.Editorial.People;

/// <summary>Tells who you are and what you may do</summary>
/// <remarks>For tools that show only what their user may do. Whether an act is possible on one article also depends on
/// its section, its status, who opened it and to whom it is assigned.</remarks>
internal sealed class GetMe : Slice<EmptyRequest>
{
    // It asks nothing of the database but the key.
    protected override Admitted Admitted => Admitted.Always;

    public override void Configure()
    {
        Get("/v1/editorial/me");
        Permissions(Permission.ReadDesk);
        Answers<Me>(200);
    }

    public override Task<IResult> ExecuteAsync(EmptyRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var granted = Permission.Of(caller.Role, limited: caller.SectionIds is not null).ToHashSet();
        return Task.FromResult<IResult>(
            Fresh.Of(
                new Me
                {
                    Id = caller.Id!.Value,
                    Kind = caller.Kind,
                    Name = caller.Name,
                    Role = caller.Role,
                    Sections = caller.SectionIds,
                    ExpiresAt = caller.ExpiresAt,
                    Acts =
                    [
                        .. Act
                            .All.Where(act => granted.Contains(act.Needs))
                            .Select(act => act.Name)
                            .Order(StringComparer.Ordinal),
                    ],
                    OwnArticlesOnly = !granted.Contains(Permission.WriteAny),
                }
            )
        );
    }
}

/// <summary>Who asks, and what they may do.</summary>
internal sealed record Me
{
    /// <summary>The key's id, or the person's.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it is a key or a person.</summary>
    public required ActorKind Kind { get; init; }

    /// <summary>The key's name, or the person's.</summary>
    /// <example>First admin</example>
    public required string Name { get; init; }

    public required Role Role { get; init; }

    /// <summary>The ids of the sections it is limited to; null: all.</summary>
    public required IReadOnlyList<Guid>? Sections { get; init; }

    /// <summary>When the key or the token ends; null: never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it may do, as the audit log names it.</summary>
    public required IReadOnlyList<string> Acts { get; init; }

    /// <summary>Whether it changes only articles that it opened itself, and drafts that are assigned to it.</summary>
    public required bool OwnArticlesOnly { get; init; }
}
