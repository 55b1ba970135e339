using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;

namespace Cms.Editorial.Assignments;

/// <summary>Assigns an article</summary>
/// <remarks>
/// Says who is to do something with it, and until when. Both belong to the article and not to a revision: assigning
/// makes none, and the `ETag` stays. The list finds articles by them (`assignee=me`, `sort=dueAt`). A contributor who
/// is assigned may change, submit and preview the article while it is a draft or in review, as if it had opened it
/// itself.
/// </remarks>
internal sealed class AssignArticle(DeskDoor desk) : ArticleActSlice<AssignArticleRequest>(desk)
{
    public override void Configure()
    {
        Put("/v1/editorial/articles/{slugOrId}/assignment");
        Does(Act.AssignArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(
        Edit edit,
        ArticleHead head,
        AssignArticleRequest request,
        CancellationToken ct
    )
    {
        head.After(ArticleAct.Change);
        var assignment = request.Assignment;
        var faults = new Faults();
        var name = assignment.Assignee is { } assignee
            ? await FindAsync(edit, head, assignee, faults, ct)
            : null;
        // It may have passed: an article that is late is given to somebody else.
        if (assignment.DueAt is { } due && Ahead.TooFar("/dueAt", due, edit.At) is { } fault)
            faults.Add(fault);
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
        edit.Note =
            $"to {name ?? "nobody"}" + (assignment.DueAt is { } dueAt ? $", until {Ahead.Text(dueAt)}" : "");
        await edit.Transaction.ExecuteAsync(
            "update articles set assignee_id = @Assignee, due_at = @DueAt where id = @Id",
            new
            {
                head.Id,
                assignment.Assignee,
                assignment.DueAt,
            },
            ct
        );
    }

    /// <summary>The name of who is to do it, or a fault.</summary>
    private static async Task<string?> FindAsync(
        Edit edit,
        ArticleHead head,
        Guid id,
        Faults faults,
        CancellationToken ct
    )
    {
        const string at = "/assignee";
        var found = await edit.Transaction.FindAsync<Found>(
            Select,
            new
            {
                id,
                edit.At,
                Article = head.Id,
            },
            ct
        );
        if (found is null)
            faults.Add(Fault.At(at, "unknown-reference", $"There is no key or person '{id}'."));
        else if (found.HasEnded)
            faults.Add(Fault.At(at, "ended", $"The key '{found.Name}' has been revoked or has expired."));
        else if (!Enum.Parse<Role>(found.Role, ignoreCase: true).Has(Permission.WriteOwn))
            faults.Add(
                Fault.At(
                    at,
                    "cannot-write",
                    $"'{found.Name}' has the role {found.Role} and writes nothing: that needs "
                        + $"{Permission.RolesFrom(Permission.LowestFor(Permission.WriteOwn))}."
                )
            );
        else if (!found.Reaches)
            faults.Add(Fault.At(at, "out-of-reach", $"'{found.Name}' is limited to other sections."));
        return found?.Name;
    }

    private const string Select = """
        select o.name, coalesce(k.role, p.role, 'reader') role,
            coalesce(k.revoked_at is not null or k.expires_at <= @At, false) or coalesce(k.role, p.role) is null
                has_ended,
            coalesce(k.section_ids, p.section_ids) is null
                or coalesce(coalesce(k.section_ids, p.section_ids)
                    && (select section_path(a.section_id) from articles a where a.id = @Article), false) reaches
        from actors o left join api_keys k on k.id = o.id left join people p on p.id = o.id
        where o.id = @id
        """;

    private sealed record Found(string Name, string Role, bool HasEnded, bool Reaches);
}

internal sealed record AssignArticleRequest : ArticleActRequest
{
    [FromBody]
    public AssignmentInput Assignment { get; init; } = null!;
}

/// <summary>Who is to do something with an article, and until when. It replaces what was said before.</summary>
internal sealed record AssignmentInput
{
    /// <summary>
    /// The id of a key or a person that may write: as `createdBy` names them, or your own from `/v1/editorial/me`.
    /// Null: nobody.
    /// </summary>
    /// <example>01981f5e-0003-7000-8000-000000000001</example>
    public required Guid? Assignee { get; init; }

    /// <summary>Until when, with an offset from UTC; at most five years ahead. Null: there is no haste.</summary>
    /// <example>2026-12-01T18:00:00+01:00</example>
    public required DateTimeOffset? DueAt { get; init; }
}
