using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Editorial.Articles.Bodies;

/// <summary>A body that came with a request, as it is saved.</summary>
internal static class SentBody
{
    /// <summary>
    /// The parsed body of an input that has faults already; empty if the faults are in the body itself.
    /// </summary>
    public static Body Readable(BodyResult? parsed, Faults faults) =>
        (faults.Touch("/body") ? null : Of(parsed, faults)) ?? Body.Empty;

    /// <summary>The parsed body; null where there is none, or where it has faults, which are told.</summary>
    public static Body? Of(BodyResult? parsed, Faults faults)
    {
        faults.AddRange((parsed?.Faults ?? []).Select(f => Fault.At("/body" + f.Pointer, f.Code, f.Detail)));
        return parsed?.Body;
    }

    /// <summary>
    /// Markdown and HTML show an image's own words, so what comes back with the same words goes on inheriting them.
    /// </summary>
    public static async Task<Body> InheritAsync(
        NpgsqlTransaction transaction,
        Body body,
        BodyInput? input,
        CancellationToken ct
    )
    {
        if (input?.Blocks is not null || body.ImageIds.Count == 0)
            return body;
        var images = (
            await transaction.ListAsync<ImageWords>(
                "select id, alt, caption, credit from images where id = any(@Ids)",
                new { Ids = body.ImageIds.ToArray() },
                ct
            )
        ).ToDictionary(i => i.Id);
        return body.InheritFrom(id =>
            images.TryGetValue(id, out var own)
                ? new BodyImage
                {
                    Id = id,
                    Url = MediaUrl.Original(id, version: 1),
                    Alt = own.Alt,
                    Caption = own.Caption,
                    Credit = own.Credit,
                }
                : null
        );
    }

    private sealed record ImageWords
    {
        public required Guid Id { get; init; }
        public required string? Alt { get; init; }
        public required string? Caption { get; init; }
        public required string? Credit { get; init; }
    }
}
