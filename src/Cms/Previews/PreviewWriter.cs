using Cms.Desk;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;

namespace Cms.Previews;

/// <summary>Makes previews, of articles and of releases.</summary>
internal static class PreviewWriter
{
    public const int MaxNote = 500;
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(90);
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    public static void FindWrongEnd(DateTimeOffset? end, DateTimeOffset now, Faults faults)
    {
        if (end <= now || end > now + MaxAge)
            faults.Add(
                Fault.At(
                    "/expiresAt",
                    end <= now ? "in-the-past" : "too-far-ahead",
                    $"A preview ends within {MaxAge.Days} days from now; it is {Json.Instant(now)}."
                )
            );
    }

    /// <param name="article">What it shows; null: a release.</param>
    /// <param name="release">What it shows; null: an article.</param>
    public static async Task<NewPreview> CreateAsync(
        Edit edit,
        Guid? article,
        Guid? release,
        int? revision,
        string? note,
        DateTimeOffset? expiresAt,
        CancellationToken ct
    )
    {
        var token = PreviewToken.Make();
        var id = Ids.New(edit.At);
        await edit.Transaction.ExecuteAsync(
            Insert,
            new
            {
                id,
                Hash = PreviewToken.Hash(token),
                article,
                release,
                revision,
                note,
                edit.At,
                By = edit.Caller.Id,
                Until = expiresAt ?? edit.At + Lasts,
            },
            ct
        );
        var row = await edit.Transaction.FindAsync<PreviewRow>(
            $"{PreviewRow.Select} where v.id = @id",
            new { id },
            ct
        );
        var preview = row!.View();
        return new NewPreview
        {
            Id = preview.Id,
            Revision = preview.Revision,
            Note = preview.Note,
            CreatedAt = preview.CreatedAt,
            CreatedBy = preview.CreatedBy,
            ExpiresAt = preview.ExpiresAt,
            Url = PreviewToken.Address(token) + (release is null ? "" : "/articles"),
            Token = token,
        };
    }

    // Those that have ended are of no use to anybody.
    private const string Insert = """
        delete from previews where expires_at < @At;
        insert into previews
            (id, token_hash, article_id, release_id, revision, note, created_at, created_by, expires_at)
        values (@id, @Hash, @article, @release, @revision, @note, @At, @By, @Until)
        """;
}
