using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

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
    public string? Notice { get; init; }

    /// <summary>The exception for an answer that is neither a success nor "not modified".</summary>
    public static CmsProblemException Read(Answer answer)
    {
        var problem = Find(answer, CmsJson.Default.ProblemBody);
        var what = problem?.Code is { } code ? $"{answer} {code}" : $"{answer}";
        var why = problem?.Detail ?? problem?.Title;
        return new CmsProblemException($"{what}{(why is null ? "." : $": {why}")}", answer.Status)
        {
            Code = problem?.Code,
            Title = problem?.Title,
            Detail = problem?.Detail,
            Errors = problem?.Errors ?? [],
            MoreErrors = problem?.MoreErrors ?? 0,
            TraceId = problem?.TraceId,
            RetryAfter = answer.RetryAfter,
            Restart = problem?.Restart,
            Notice = problem?.Notice,
        };
    }

    /// <summary>The problem details of an answer; null if it has none.</summary>
    public static T? Find<T>(Answer answer, JsonTypeInfo<T> type)
        where T : class
    {
        if (answer.MediaType != "application/problem+json")
            return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type);
        }
        catch (JsonException)
        {
            // What a refusal says is worth less than that it was one.
            return null;
        }
    }
}
