using Cms.Desk;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Images;

/// <summary>
/// What a key limited to sections may do to an image that others show too. It sees every published picture, but what
/// changes an article's picture is for those who may change the article. See decisions/0020.
/// </summary>
internal static class ImageReach
{
    /// <param name="edit">What is being done.</param>
    /// <param name="image">The image, locked.</param>
    /// <param name="what">What is refused, in words: <c>replace its file</c>.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refused">403: an article out of reach uses it, in its working copy or for readers.</exception>
    public static async Task RequireAllAsync(Edit edit, Guid image, string what, CancellationToken ct)
    {
        if (edit.Caller.SectionIds is null)
            return;
        if (
            await edit.Transaction.FindAsync<bool>(
                IsUsedElsewhere,
                new { image, Reach = Reach.Of(edit.Caller) },
                ct
            )
        )
            throw new Refused(
                ProblemKinds.Forbidden,
                $"Articles outside the sections of this {edit.Caller.Credential} use the image too. Only a "
                    + $"{edit.Caller.Credential} that reaches all articles with the image may {what}. Upload the "
                    + "picture again to have one for these sections."
            );
    }

    private static readonly string IsUsedElsewhere = $"""
        select exists (select from article_images u join articles a on a.id = u.article_id
                where u.image_id = @image and not coalesce({Reach.Sees("a.section_id")}, false))
            or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                where u.image_id = @image and not coalesce(p.section_path && @Reach, false))
        """;
}
