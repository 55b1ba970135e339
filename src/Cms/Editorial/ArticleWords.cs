using Cms.Editorial.Articles;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Cms.Publishing.Search;

namespace Cms.Editorial;

/// <summary>The words by which a published article is found, as text for <c>search_words</c>.</summary>
internal sealed record ArticleWords(string HeadlineWords, string Lead, string Open, string Walled)
{
    /// <param name="body">The article's body.</param>
    /// <param name="texts">What else it says.</param>
    /// <param name="hero">The picture on top, with the words that it has here.</param>
    /// <param name="images">What the pictures say by themselves that it shows.</param>
    public static ArticleWords Of(
        Body body,
        ArticleFacts texts,
        ImageUseInput? hero,
        IEnumerable<ImageRow> images
    )
    {
        var own = images
            .Where(i => !i.IsEnded)
            .ToDictionary(i => i.Id, i => new ImageText(i.Alt, i.Caption, i.Credit));
        // A picture that readers do not see says nothing to them, whoever wrote its words.
        body = body.WithImages(id => own.ContainsKey(id) ? MediaUrl.Original(id, version: 1) : null);
        if (hero is not null && !own.ContainsKey(hero.Id))
            hero = null;
        var text = SearchableArticle.Of(
            body,
            isWalled: texts.Access != ArticleAccess.Public,
            own.GetValueOrDefault,
            [
                .. hero is null
                    ? []
                    : SearchableArticle.Of(
                        new(hero.Alt, hero.Caption, hero.Credit),
                        own.GetValueOrDefault(hero.Id)
                    ),
                texts.Disclosure,
                .. texts.Corrections.Select(c => c.Text),
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

/// <summary>What a picture says by itself.</summary>
internal sealed record ImageRow(Guid Id, string? Alt, string? Caption, string? Credit, bool IsEnded);
