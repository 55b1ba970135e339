using Cms.Desk;
using Cms.Editorial.Schedules;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Images;

/// <summary>Takes pictures from readers when the right to show them ends. See decisions/0048.</summary>
internal static class DueUsage
{
    /// <summary>The next time that something of this is to be done, over the images.</summary>
    public const string Next = """
        (select min(usage_until) from images where usage_until is not null and usage_ended_at is null)
        """;

    /// <summary>The next time before <c>@Until</c> that readers see something of it.</summary>
    public const string NextForReaders = """
        select i.usage_until from images i
        where i.usage_until is not null and i.usage_ended_at is null and i.usage_until < @Until
          and (exists (select from published_article_images u where u.image_id = i.id)
              or exists (select from authors a where a.avatar_image_id = i.id))
        order by i.usage_until limit 1
        """;

    /// <returns>How many there were. Those that somebody is saving are left for the next look.</returns>
    public static async Task<int> DoAsync(EditBatch batch, int atMost, CancellationToken ct)
    {
        var due = await batch.Transaction.ListAsync<DueImage>(End, new { batch.At, atMost }, ct);
        foreach (var image in due)
        {
            var edit = batch.Begin(Act.EndImageUsage);
            edit.Found(image.Id, image.Revision);
            edit.Wrote(image.Id, image.Revision);
            edit.Note = $"usage until {Ahead.Text(image.UsageUntil)}";
            batch.Done(edit);
            await ImageWriter.AnnounceUsageAsync(
                batch.Transaction,
                batch.Announcement,
                image.Id,
                hasEnded: true,
                ct
            );
        }
        return due.Count;
    }

    private const string End = """
        with due as materialized (
            select id from images
            where usage_until is not null and usage_ended_at is null and usage_until <= @At
            order by usage_until, id limit @atMost for no key update skip locked)
        update images i set usage_ended_at = @At from due where i.id = due.id
        returning i.id, i.revision, i.usage_until
        """;

    private sealed record DueImage
    {
        public required Guid Id { get; init; }
        public required int Revision { get; init; }
        public required DateTimeOffset UsageUntil { get; init; }
    }
}
