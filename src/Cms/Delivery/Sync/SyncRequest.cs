using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;

namespace Cms.Delivery.Sync;

/// <summary>What the feed's readers say: what is to be synced, or where they are.</summary>
internal abstract record SyncRequest
{
    /// <summary>
    /// What to sync: `article`, `section`, `author`, `image`, `tag`, with commas between; all if absent. Bound into the
    /// cursor.
    /// </summary>
    /// <example>article,author</example>
    [QueryParam]
    public EntityType[]? Types { get; init; }

    /// <summary>
    /// Slugs or ids of sections: only articles of these and of the sections below, and only the authors, images and
    /// tags that those need. (Sections come all.) Bound into the cursor.
    /// </summary>
    /// <example>power,people</example>
    [QueryParam]
    public string[]? Section { get; init; }

    /// <summary>
    /// Forms of the articles' bodies, with commas between; `blocks` if absent. Bound into the cursor.
    /// </summary>
    /// <example>html</example>
    [QueryParam]
    public BodyForm[]? Body { get; init; }

    /// <summary>
    /// Where to read on: `cursor` of the page before. What it is bound to is not said again beside it.
    /// </summary>
    [QueryParam]
    public string? Cursor { get; init; }

    /// <summary>The cursor that was given, or one that has not begun.</summary>
    /// <exception cref="Refused">400, 410.</exception>
    public async Task<SyncCursor> FromAsync(
        SyncCursors cursors,
        ChangeReader reader,
        Caller? caller,
        CancellationToken ct
    )
    {
        var rights = SyncScope.RightsOf(caller);
        if (Cursor is not null)
        {
            var from = cursors.Read(Cursor);
            return from.Scope.Rights == rights
                ? from
                : throw ChangeReader.Expired(
                    from.Scope,
                    "The cursor was made for a reader with other rights behind the wall."
                );
        }
        return new()
        {
            Scope = new()
            {
                Types = Types is null ? Enum.GetValues<EntityType>() : [.. Types.Distinct().Order()],
                Body = Body is null ? [BodyForm.Blocks] : [.. Body.Distinct().Order()],
                Sections = await reader.FindSectionsAsync(Section, ct),
                Rights = rights,
            },
        };
    }
}

internal abstract class SyncRequestRules<T> : AbstractValidator<T>
    where T : SyncRequest
{
    private const int MaxSections = 50;

    protected SyncRequestRules()
    {
        RuleFor(r => r.Section)
            .SetValidator(new MaxItemsValidator<T, string>(MaxSections))
            .WithErrorCode("too-long")
            .WithMessage($"At most {MaxSections} values.");
        RuleFor(r => r.Body!).IsBodyForms().When(r => r.Body is not null);
        RuleFor(r => r.Cursor).HasAtMost(2_000);
        foreach (
            var bound in (System.Linq.Expressions.Expression<Func<T, object?>>[])
                [r => r.Types, r => r.Section, r => r.Body]
        )
            RuleFor(bound)
                .Null()
                .When(r => r.Cursor is not null)
                .WithErrorCode("bound-to-cursor")
                .WithMessage("The cursor carries this already: leave it out beside a cursor.");
    }
}
