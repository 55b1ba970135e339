using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Search;

namespace Cms.Editorial;

/// <summary>The words by which a published article is found, as text for <c>search_words</c>.</summary>
internal sealed record ArticleWords(string HeadlineWords, string Lead, string Open, string Walled)
{
    /// <param name="body">The article's body.</param>
    /// <param name="texts">What else it says.</param>
    /// <param name="images">What the pictures say by themselves that it shows.</param>
    public static ArticleWords Of(Body body, ArticleTexts texts, IEnumerable<ImageRow> images)
    {
        var own = images.ToDictionary(i => i.Id, i => new ImageText(i.Alt, i.Caption, i.Credit));
        var text = SearchableArticle.Of(
            body,
            isWalled: texts.Access != "public",
            own.GetValueOrDefault,
            [
                .. texts.HeroImageId is { } hero
                    ? SearchableArticle.Of(
                        new(texts.HeroAlt, texts.HeroCaption, texts.HeroCredit),
                        own.GetValueOrDefault(hero)
                    )
                    : [],
                texts.Disclosure,
                .. Json.Read<Correction[]>(texts.Corrections).Select(c => c.Text),
            ]
        );
        var open = IndexText.Of(text.Open);
        return new(
            IndexText.Of(texts.Headline),
            IndexText.Of([texts.Kicker, texts.Deck]),
            open,
            // PostgreSQL bounds the words of a row as a whole.
            IndexText.Of(text.Walled, IndexText.MaxBytes - open.Length)
        );
    }
}

/// <summary>What an article says besides its body.</summary>
internal record ArticleTexts
{
    public required string Headline { get; init; }
    public required string? Kicker { get; init; }
    public required string? Deck { get; init; }
    public required string Access { get; init; }
    public required string? Disclosure { get; init; }
    public required string Corrections { get; init; }
    public required Guid? HeroImageId { get; init; }
    public required string? HeroAlt { get; init; }
    public required string? HeroCaption { get; init; }
    public required string? HeroCredit { get; init; }
}

/// <summary>What a picture says by itself.</summary>
internal sealed record ImageRow(Guid Id, string? Alt, string? Caption, string? Credit);
