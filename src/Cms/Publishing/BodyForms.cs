using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Renditions;

namespace Cms.Publishing;

/// <summary>A body in the forms that were asked for.</summary>
internal static class BodyForms
{
    /// <summary>
    /// For readers: each image block has the words that it shows, its own or the image's. Images that readers do not
    /// see are left out.
    /// </summary>
    public static BodyView View(Body body, BodyForm[] forms, Func<Guid, ImageView?> image) =>
        In(
            body.WithImages(id => image(id)?.Url),
            forms,
            image,
            block => Resolved(block, image),
            hasSources: true
        );

    /// <summary>
    /// For writers: image blocks say only what differs from the image's own words, so that they can be written back as
    /// read.
    /// </summary>
    public static BodyView Written(Body body, BodyForm[] forms, Func<Guid, ImageView?> image) =>
        In(body, forms, image, block => Described(block, image), hasSources: false);

    private static BodyView In(
        Body body,
        BodyForm[] forms,
        Func<Guid, ImageView?> image,
        Func<Block, Block> blocks,
        bool hasSources
    ) =>
        new()
        {
            Blocks = forms.Contains(BodyForm.Blocks)
                ? [.. BlockIds.Complete(body).Blocks.Select(blocks)]
                : null,
            Html = forms.Contains(BodyForm.Html)
                ? BodyWriter.ToHtml(body, id => Words(image(id), hasSources))
                : null,
            Markdown = forms.Contains(BodyForm.Markdown)
                ? BodyWriter.ToMarkdown(body, id => Words(image(id), hasSources: false))
                : null,
            Text = forms.Contains(BodyForm.Text) ? BodyWriter.ToText(body) : null,
        };

    private static Block Resolved(Block block, Func<Guid, ImageView?> image) =>
        block is ImageBlock { Image: var use } shown && image(use.Id) is { } own
            ? shown with
            {
                Image = Describe(use, own) with
                {
                    Alt = use.Alt ?? own.Alt,
                    Caption = use.Caption ?? own.Caption,
                    Credit = use.Credit ?? own.Credit,
                },
            }
            : block;

    private static Block Described(Block block, Func<Guid, ImageView?> image) =>
        block is ImageBlock { Image: var use } shown && image(use.Id) is { } own
            ? shown with
            {
                Image = Describe(use, own),
            }
            : block;

    private static ImageUse Describe(ImageUse use, ImageView own) =>
        use with
        {
            Url = own.Url,
            Width = own.Width,
            Height = own.Height,
            FocalPoint = own.FocalPoint,
            DominantColor = own.DominantColor,
            ThumbHash = own.ThumbHash,
            Placeholder = own.Placeholder,
            Sources = own.Sources,
        };

    private static BodyImage? Words(ImageView? image, bool hasSources) =>
        image is null
            ? null
            : new()
            {
                Id = image.Id,
                Url = image.Url,
                Alt = image.Alt,
                Caption = image.Caption,
                Credit = image.Credit,
                Width = image.Width,
                Height = image.Height,
                Sources = hasSources ? ImageSources.Of(image) : null,
            };
}
