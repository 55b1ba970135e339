using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>A new article. Only the headline is needed.</summary>
public sealed record ArticleDraft
{
    /// <summary>The readable part of its address; null: made from the headline, and unique.</summary>
    public string? Slug { get; init; }

    /// <summary>What kind of article it is, such as <c>analysis</c>; null: <c>story</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>The language that it is written in (BCP 47); null: the newsroom's.</summary>
    public string? Lang { get; init; }

    /// <summary>Where its lines begin: <c>ltr</c>, <c>rtl</c>, or null: as its language has it.</summary>
    public string? Dir { get; init; }

    /// <summary>The line above the headline, in plain text.</summary>
    public string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    public required string Headline { get; init; }

    /// <summary>The line under the headline, in plain text.</summary>
    public string? Deck { get; init; }

    /// <summary>A few sentences for a teaser, in plain text; null: made from the body.</summary>
    public string? Excerpt { get; init; }

    /// <summary>The text.</summary>
    public WrittenBody? Body { get; init; }

    /// <summary>Slug or id of the section. A draft may lack it; publishing needs it.</summary>
    public string? Section { get; init; }

    /// <summary>Slugs or ids of the authors, in byline order.</summary>
    public IReadOnlyList<string>? Authors { get; init; }

    /// <summary>The picture on top.</summary>
    public HeroImage? HeroImage { get; init; }

    /// <summary>Names or slugs of tags. A name that no tag has makes a new one.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Who may read it to its end; null: anyone.</summary>
    public ArticleAccess? Access { get; init; }

    /// <summary>A short headline for alerts on telephones, in plain text.</summary>
    public string? AlertHeadline { get; init; }

    /// <summary>A headline for newsletters, in plain text.</summary>
    public string? NewsletterHeadline { get; init; }

    /// <summary>What readers should know of the newsroom's own interests, in plain text.</summary>
    public string? Disclosure { get; init; }

    /// <summary>What was put right, oldest first.</summary>
    public IReadOnlyList<Correction>? Corrections { get; init; }

    /// <summary>What search engines are told, where that differs.</summary>
    public Seo? Seo { get; init; }

    /// <summary>Slugs or ids of articles to go with this one.</summary>
    public IReadOnlyList<string>? Related { get; init; }

    /// <summary>
    /// The date that readers see, for what was first published elsewhere; null: the moment of its first publication.
    /// </summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>
    /// Until then nothing of it reaches readers, whoever publishes it: publishing it sooner schedules it for this time.
    /// </summary>
    public DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>Members that this client does not know, for a newer server.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? OtherMembers { get; set; }
}

/// <summary>The body of an article as it is written: in one of its forms.</summary>
public sealed record WrittenBody
{
    private WrittenBody() { }

    /// <summary>Typed blocks; null: another form.</summary>
    public IReadOnlyList<Block>? Blocks { get; private init; }

    /// <summary>CommonMark with tables; null: another form.</summary>
    public string? Markdown { get; private init; }

    /// <summary>HTML; null: another form.</summary>
    public string? Html { get; private init; }

    /// <summary>
    /// Typed blocks, such as those of <see cref="EditorialArticle.Body"/> with some changed. Blocks that keep their id
    /// can be merged with what others change.
    /// </summary>
    /// <param name="blocks">The whole body.</param>
    public static WrittenBody FromBlocks(IReadOnlyList<Block> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        return new WrittenBody { Blocks = blocks };
    }

    /// <summary>CommonMark with tables. An image is <c>![alt](/media/{id}/original)</c>.</summary>
    /// <param name="markdown">The whole body.</param>
    public static WrittenBody FromMarkdown(string markdown)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        return new WrittenBody { Markdown = markdown };
    }

    /// <summary>HTML. It is sanitised; <see cref="EditorialArticle.Warnings"/> say what was left out.</summary>
    /// <param name="html">The whole body.</param>
    public static WrittenBody FromHtml(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        return new WrittenBody { Html = html };
    }
}

/// <summary>
/// The picture on top of an article. A text that is null is taken from the image itself; an empty text shows none.
/// </summary>
public sealed record HeroImage
{
    /// <summary>The image's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
    public string? Credit { get; init; }
}
