using System.Text.Json;

namespace Cms.Client.Http;

/// <summary>Problem details as they travel.</summary>
internal sealed record ProblemBody
{
    public string? Title { get; init; }
    public string? Detail { get; init; }
    public string? Code { get; init; }
    public string? TraceId { get; init; }
    public IReadOnlyList<ProblemFault>? Errors { get; init; }
    public int? MoreErrors { get; init; }
    public string? Restart { get; init; }

    /// <summary>The exception for an answer that is neither a success nor "not modified".</summary>
    public static CmsProblemException Read(Answer answer)
    {
        ProblemBody? problem = null;
        if (answer.MediaType == "application/problem+json")
        {
            try
            {
                problem = JsonSerializer.Deserialize(answer.Body, CmsJson.Default.ProblemBody);
            }
            catch (JsonException)
            {
                // What a refusal says is worth less than that it was one.
            }
        }
        var what = problem?.Code is { } code ? $"{(int)answer.Status} {code}" : $"{(int)answer.Status}";
        var why = problem?.Detail ?? problem?.Title;
        return new CmsProblemException(
            $"GET {answer.Address.PathAndQuery} answered {what}{(why is null ? "." : $": {why}")}",
            answer.Status
        )
        {
            Code = problem?.Code,
            Title = problem?.Title,
            Detail = problem?.Detail,
            Errors = problem?.Errors ?? [],
            MoreErrors = problem?.MoreErrors ?? 0,
            TraceId = problem?.TraceId,
            RetryAfter = answer.RetryAfter,
            Restart = problem?.Restart,
        };
    }
}
