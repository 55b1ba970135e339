using System.Net;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Search;

/// <summary>
/// The text of an article besides its headline, kicker and deck, split into what every reader sees and what is behind
/// the wall.
/// </summary>
/// <param name="Open">Texts that everybody may read.</param>
/// <param name="Walled">Texts that only those see who may read on.</param>
internal sealed partial record SearchableArticle(IReadOnlyList<string?> Open, IReadOnlyList<string?> Walled)
{
    /// <param name="body">The whole body.</param>
    /// <param name="isWalled">Whether some readers get the teaser only.</param>
    /// <param name="image">What an image says itself.</param>
    /// <param name="besides">What stands around the body: what is said of the hero image, the disclosure,
    /// corrections.</param>
    public static SearchableArticle Of(
        Body body,
        bool isWalled,
        Func<Guid, ImageText?> image,
        IEnumerable<string?> besides
    )
    {
        var open = isWalled ? body.Teaser().Body.Blocks : body.Blocks;
        // A block that the teaser cuts is read again as a whole.
        var rest = body.Blocks.Where((block, i) => i >= open.Count || !ReferenceEquals(block, open[i]));
        return new([.. Texts(open, image), .. besides], isWalled ? [.. Texts(rest, image)] : []);
    }

    /// <summary>What a place says of an image, or else what the image says itself.</summary>
    public static IEnumerable<string?> Of(ImageText here, ImageText? image) =>
        [here.Alt ?? image?.Alt, here.Caption ?? image?.Caption, here.Credit ?? image?.Credit];

    private static IEnumerable<string?> Texts(IEnumerable<Block> blocks, Func<Guid, ImageText?> image) =>
        blocks.SelectMany(block =>
            block switch
            {
                ImageBlock { Image: var use } => Of(new(use.Alt, use.Caption, use.Credit), image(use.Id)),
                HtmlBlock html => [.. BodyText.Pieces(html), .. AltTexts(html.Html)],
                EmbedBlock embed => [embed.Title, embed.Url],
                _ => BodyText.Pieces(block),
            }
        );

    private static IEnumerable<string> AltTexts(string html) =>
        Alt().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups["alt"].Value));

    [GeneratedRegex(
        "<img [^>]*?alt=\"(?<alt>[^\"]*)\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Alt();
}

/// <summary>What is said of an image; null: nothing, or in a place: what the image says itself.</summary>
internal sealed record ImageText(string? Alt, string? Caption, string? Credit);
