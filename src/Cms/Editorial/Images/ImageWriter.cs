using Cms.Changes;
using Cms.Editorial.ForReaders;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Writes of what is said of images, and what readers are told of that.</summary>
internal static class ImageWriter
{
    /// <summary>Why an image is gone whose rights have ended, for those who keep copies.</summary>
    private const string Expired = "expired";

    public static Task ChangeAsync(
        NpgsqlTransaction transaction,
        Guid id,
        ImageInput input,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            Update,
            new
            {
                id,
                input.Alt,
                input.Caption,
                input.Credit,
                input.Title,
                input.Copyright,
                input.Creator,
                input.Licence,
                input.UsageUntil,
                input.FocalPoint?.X,
                input.FocalPoint?.Y,
                at,
            },
            ct
        );

    /// <summary>Readers see it from now on, or no longer.</summary>
    public static async Task AnnounceUsageAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid image,
        bool hasEnded,
        CancellationToken ct
    )
    {
        // Its words go into the index of search, or out of it.
        await Publisher.ImageSaysAsync(transaction, image, ct);
        if (hasEnded)
            announcement.Unpublished(EntityType.Image, image, Expired);
        else
        {
            announcement.Changed(EntityType.Image, image);
            // It comes back wherever something needs it.
            announcement.Left(await transaction.ListAsync<Guid>(SelectSections, new { image }, ct));
        }
        foreach (var author in await transaction.ListAsync<Guid>(SelectPortrayed, new { image }, ct))
            announcement.Changed(EntityType.Author, author);
    }

    private const string Update = """
        update images set alt = @Alt, caption = @Caption, credit = @Credit, title = @Title, copyright = @Copyright,
            creator = @Creator, licence = @Licence, usage_until = @UsageUntil,
            usage_ended_at = case when @UsageUntil <= @at then coalesce(usage_ended_at, @at) end,
            focal_x = @X, focal_y = @Y, revision = revision + 1, updated_at = @at
        where id = @id
        """;

    private const string SelectSections = """
        select s.section_id from published_article_images u
            join published_article_sections s on s.article_id = u.article_id where u.image_id = @image
        union
        select s.section_id from authors a join published_article_authors u on u.author_id = a.id
            join published_article_sections s on s.article_id = u.article_id where a.avatar_image_id = @image
        """;

    private const string SelectPortrayed = "select id from authors where avatar_image_id = @image";
}
