using System.Security.Cryptography;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Editorial.Articles;

/// <summary>
/// Tells whether two revisions say the same. A hash is kept with its revision for ever, so what it is made of may not
/// change either: the members of the first version by their names, and each column that came later by its own, where it
/// is not what it was for the articles before it.
/// </summary>
internal static class ContentHash
{
    public static byte[] Of(ArticleContent content) => Of(content, ArticleColumns.All);

    /// <param name="content">What is hashed.</param>
    /// <param name="columns">The columns of its facts. Those of the first version are not looked at.</param>
    public static byte[] Of(ArticleContent content, IEnumerable<FactColumn> columns)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Json.Write(new FirstVersion(content)));
        var later = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var column in columns)
            if (column.Before is { } before && column.Text(content) is var text && text != before.Text)
                later.Add(column.Name, text);
        if (later.Count > 0)
            hash.AppendData(Json.Write(later));
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// What was hashed from the beginning, in this order. Add nothing here, or every article would seem changed: what
    /// came later has <see cref="FactColumn.Before"/>.
    /// </summary>
    private sealed class FirstVersion(ArticleContent content)
    {
        public string Slug => content.Slug;
        public string? Kicker => content.Kicker;
        public string Headline => content.Headline;
        public string? Deck => content.Deck;
        public string? Excerpt => content.Excerpt;

        // The ids of blocks say nothing to readers, and there were none.
        public string Body { get; } = BlockIds.None(Publishing.Bodies.Body.Parse(content.Body)).ToJson();

        public Guid? SectionId => content.SectionId;
        public Guid[] AuthorIds => content.AuthorIds;
        public Guid[] TagIds => content.TagIds;
        public Guid[] RelatedIds => content.RelatedIds;
        public ImageUseInput? HeroImage => content.HeroImage;
        public ArticleAccess Access => content.Access;
        public string? Disclosure => content.Disclosure;
        public IReadOnlyList<Correction> Corrections => content.Corrections;
        public Seo? Seo => content.Seo;
        public DateTimeOffset? PublishedAt => content.PublishedAt;
    }
}
