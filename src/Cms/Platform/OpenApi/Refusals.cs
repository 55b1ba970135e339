using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Microsoft.OpenApi;

namespace Cms.Platform.OpenApi;

/// <summary>
/// Refusals as responses: one for each status, shared by all operations that refuse in the same ways, with an example
/// for each code.
/// </summary>
internal sealed class Refusals(SchemaWriter schemas)
{
    public void Write(OpenApiDocument document, OpenApiResponses responses, IEnumerable<ProblemKind> kinds)
    {
        foreach (
            var group in kinds
                .Distinct()
                .OrderBy(k => k.Code, StringComparer.Ordinal)
                .GroupBy(k => k.Status)
                .OrderBy(g => g.Key)
        )
            responses.Add(group.Key.ToString(CultureInfo.InvariantCulture), Reference(document, [.. group]));
    }

    private OpenApiResponseReference Reference(OpenApiDocument document, IReadOnlyList<ProblemKind> kinds)
    {
        var name = string.Join("Or", kinds.Select(k => Pascal(k.Code)));
        document.Components ??= new();
        document.Components.Responses ??= new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        if (!document.Components.Responses.ContainsKey(name))
            document.Components.Responses.Add(name, Response(document, kinds));
        return new OpenApiResponseReference(name, document);
    }

    private OpenApiResponse Response(OpenApiDocument document, IReadOnlyList<ProblemKind> kinds) =>
        new()
        {
            Description = string.Join("\n\n", kinds.Select(k => $"`{k.Code}`: {k.Explanation}")),
            Headers = AnswerHeaders.Of(document, ["X-Request-Id", "Cache-Control", .. HeadersOf(kinds)]),
            Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
            {
                [Problem.ContentType] = new OpenApiMediaType
                {
                    Schema = schemas.Of(typeof(Problem), SchemaUse.Answer, document),
                    Examples = kinds.ToDictionary(
                        k => k.Code,
                        k => Example(document, k),
                        StringComparer.Ordinal
                    ),
                },
            },
        };

    private static string[] HeadersOf(IReadOnlyList<ProblemKind> kinds) =>
        kinds[0].Status switch
        {
            401 => ["WWW-Authenticate"],
            409 when kinds.Contains(ProblemKinds.RequestInProgress) => ["Retry-After while in progress"],
            412 when kinds.Contains(ProblemKinds.RevisionChanged) => ["ETag"],
            415 => ["Accept-Encoding", "Accept-Patch", "Accept-Post"],
            416 => ["Accept-Ranges", "Content-Range"],
            429 => ["RateLimit", "RateLimit-Policy", "Retry-After"],
            503 => ["Retry-After"],
            _ => [],
        };

    private static IOpenApiExample Example(OpenApiDocument document, ProblemKind kind)
    {
        document.Components!.Examples ??= new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
        document.Components.Examples.TryAdd(
            kind.Code,
            new OpenApiExample { Summary = kind.Title, Value = Sample(kind) }
        );
        return new OpenApiExampleReference(kind.Code, document);
    }

    private static JsonNode? Sample(ProblemKind kind)
    {
        var faults = FaultsOf(kind);
        return JsonSerializer.SerializeToNode(
            new Problem
            {
                Type = kind.Type,
                Title = kind.Title,
                Status = kind.Status,
                Detail = faults is [{ } only]
                    ? only.Detail
                    : kind.Explanation.Split(". ")[0].TrimEnd('.') + ".",
                Instance =
                    kind == ProblemKinds.SyncExpired ? "/v1/sync"
                    : kind.Status == 416 ? $"/media/{ExampleIds.Image}/original"
                    : kind.Status is 410 or 404 ? "/v1/articles/northgate-to-close-calder-south"
                    : "/v1/editorial/articles/draft-interview-achterholt",
                Code = kind.Code,
                TraceId = "0HNJ2V3C8QK5T:00000003",
                Errors = faults,
                CurrentRevision = HasMovedOn(kind) ? 4 : null,
                ChangedBy = HasMovedOn(kind)
                    ? new Actor
                    {
                        Id = Guid.Parse(ExampleIds.Key),
                        Kind = ActorKind.Key,
                        Name = "Newsdesk",
                    }
                    : null,
                ChangedAt = HasMovedOn(kind) ? SampleTime : null,
                Changed = HasMovedOn(kind) ? ["headline", "body"] : null,
                Conflicts =
                    kind == ProblemKinds.MergeConflict
                        ?
                        [
                            new EditConflict
                            {
                                Member = "headline",
                                Block = null,
                                Mine = EditAct.Changed,
                                Theirs = EditAct.Changed,
                            },
                            new EditConflict
                            {
                                Member = "body",
                                Block = "7nm8d21csaap",
                                Mine = EditAct.Changed,
                                Theirs = EditAct.Removed,
                            },
                        ]
                        : null,
                UsedBy =
                    kind == ProblemKinds.InUse
                        ?
                        [
                            new Usage
                            {
                                Type = "article",
                                Id = Guid.Parse("01981f5e-0000-7000-8000-000000000000"),
                                Name = "The valley that bet on Halden",
                            },
                        ]
                        : null,
                Restart = kind == ProblemKinds.SyncExpired ? "/v1/sync?section=power" : null,
                Notice =
                    kind == ProblemKinds.Withdrawn
                        ? "This article was removed because its main source has withdrawn what he said."
                        : null,
            },
            Json.Options
        );
    }

    private static bool HasMovedOn(ProblemKind kind) =>
        kind == ProblemKinds.RevisionChanged || kind == ProblemKinds.MergeConflict;

    private static readonly DateTimeOffset SampleTime = new(2026, 10, 1, 8, 0, 0, TimeSpan.Zero);

    private static Fault[]? FaultsOf(ProblemKind kind) =>
        kind == ProblemKinds.Invalid
            ?
            [
                Fault.At("/headline", "empty", "'headline' must not be empty."),
                Fault.At("/authors/1", "unknown-reference", "There is no author 'ada-obbi'."),
            ]
        : kind == ProblemKinds.InvalidParameter
            ?
            [
                Fault.Of(
                    "limt",
                    "unknown-parameter",
                    "There is no parameter 'limt' here. Known: limit, cursor."
                ),
            ]
        : kind == ProblemKinds.SlugTaken
            ? [Fault.At("/slug", "slug-taken", "Choose another, or leave it out to get a free one.")]
        : null;

    private static string Pascal(string code) =>
        string.Concat(code.Split('-').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
