using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Audit;

/// <summary>Lists the audit log</summary>
/// <remarks>
/// <para>Who did what, when, and from which revision to which: every act of the desk, keys and webhooks included. The
/// newest come first. A record is written in the transaction of its act, and can be neither changed nor deleted.
/// Refused acts of a valid key or token are recorded if they are 403 or 412: the first 20 of each key or person in a
/// minute on each server, and the rest as one record, whose `note` says how many it stands for. What was written is not
/// in it; the revisions are.</para>
/// <para>`Accept: application/x-ndjson` streams all records that the filters let through, one on each line; `limit`,
/// `cursor`, `count` and `fields` do not apply to it.</para>
/// </remarks>
internal sealed class ListAuditRecords(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ListAuditRecordsRequest>
{
    private const string Lines = "application/x-ndjson";

    public override void Configure()
    {
        Get("/v1/editorial/audit");
        Permissions(Permission.ReadAudit);
        Answers<Paged<AuditRecord>>(200, ProblemKinds.InvalidCursor);
        Options(b => b.WithMetadata(new AlternativeMetadata(Lines)));
    }

    public override async Task<IResult> ExecuteAsync(ListAuditRecordsRequest request, CancellationToken ct)
    {
        var filter = new AuditFilter
        {
            Entity = request.Entity,
            Actor = request.Actor,
            Acts = request.Act,
            Outcome = request.Outcome,
            After = request.After,
            Before = request.Before,
        };
        if (HttpContext.Request.PrefersToJson(Lines))
        {
            HttpContext.Response.Headers.Append("Vary", "Accept");
            return new AllLines(filter.StreamAsync(postgres, ct));
        }
        var fields = Fields.Parse<AuditRecord>(request.Fields);
        var (page, info) = await filter.List.ReadAsync<AuditRow>(
            postgres,
            cursors,
            request,
            row => row.Edge,
            ct
        );
        HttpContext.Response.Headers.Append("Vary", "Accept");
        return new Fresh(
            Fields.WritePage(
                new Paged<AuditRecord> { Data = [.. page.Select(r => r.View())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    private sealed record AllLines(IAsyncEnumerable<AuditRecord> Records) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.ContentType = Lines;
            context.Response.Headers.CacheControl = "no-store";
            await foreach (var record in Records)
            {
                await context.Response.Body.WriteAsync(Json.Write(record), context.RequestAborted);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
            }
        }
    }
}

internal sealed record ListAuditRecordsRequest : PageRequest
{
    /// <summary>Only acts on this thing: the id of an article, section, author, tag, image, key or webhook.</summary>
    [QueryParam]
    public Guid? Entity { get; init; }

    /// <summary>Only acts of this key or person: its id.</summary>
    [QueryParam]
    public Guid? Actor { get; init; }

    /// <summary>Only these acts.</summary>
    /// <example>article.publish,article.unpublish</example>
    [QueryParam]
    public string[]? Act { get; init; }

    /// <summary>Only acts that were done, or that were refused.</summary>
    [QueryParam]
    public AuditOutcome? Outcome { get; init; }

    /// <summary>Only acts after this time.</summary>
    [QueryParam]
    public DateTimeOffset? After { get; init; }

    /// <summary>Only acts before this time.</summary>
    [QueryParam]
    public DateTimeOffset? Before { get; init; }

    /// <summary>Return only these fields, such as `at,actor.name,act`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}

internal sealed class ListAuditRecordsRules : AbstractValidator<ListAuditRecordsRequest>
{
    public ListAuditRecordsRules()
    {
        this.HasPage();
        RuleForEach(r => r.Act)
            .Must(name => Act.Names.Contains(name), new SchemaWords { Pattern = Act.Pattern })
            .WithErrorCode("unknown-act")
            .WithMessage(
                (_, name) =>
                    $"There is no act '{name}'.{Nearest.Hint(name, Act.Names)} Known: {string.Join(", ", Act.Names)}."
            );
    }
}
