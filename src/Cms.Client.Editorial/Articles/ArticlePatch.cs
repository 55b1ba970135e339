using System.Diagnostics.CodeAnalysis;
using Cms.Client.Editorial.Http;

namespace Cms.Client.Editorial;

/// <summary>A change of an article: what is not assigned stays, what is assigned null is removed.</summary>
public sealed class ArticlePatch : MergePatch
{
    /// <summary>The readable part of its address; null: made from the headline, and unique.</summary>
    public string? Slug
    {
        get;
        init
        {
            field = value;
            Set("slug", value);
        }
    }

    /// <summary>What kind of article it is, such as <c>analysis</c>.</summary>
    [DisallowNull]
    public string? Kind
    {
        get;
        init
        {
            field = value;
            Set("kind", value);
        }
    }

    /// <summary>The language that it is written in (BCP 47).</summary>
    public string? Lang
    {
        get;
        init
        {
            field = value;
            Set("lang", value);
        }
    }

    /// <summary>Where its lines begin: <c>ltr</c> or <c>rtl</c>.</summary>
    public string? Dir
    {
        get;
        init
        {
            field = value;
            Set("dir", value);
        }
    }

    /// <summary>The line above the headline, in plain text.</summary>
    public string? Kicker
    {
        get;
        init
        {
            field = value;
            Set("kicker", value);
        }
    }

    /// <summary>The headline, in plain text.</summary>
    [DisallowNull]
    public string? Headline
    {
        get;
        init
        {
            field = value;
            Set("headline", value);
        }
    }

    /// <summary>The line under the headline, in plain text.</summary>
    public string? Deck
    {
        get;
        init
        {
            field = value;
            Set("deck", value);
        }
    }

    /// <summary>A few sentences for a teaser; null: made from the body.</summary>
    public string? Excerpt
    {
        get;
        init
        {
            field = value;
            Set("excerpt", value);
        }
    }

    /// <summary>The text; it is replaced whole.</summary>
    public WrittenBody? Body
    {
        get;
        init
        {
            field = value;
            Set("body", Json.Of(value, DeskJson.Default.WrittenBody));
        }
    }

    /// <summary>Slug or id of the section.</summary>
    public string? Section
    {
        get;
        init
        {
            field = value;
            Set("section", value);
        }
    }

    /// <summary>Slugs or ids of the authors, in byline order: all of them.</summary>
    [DisallowNull]
    public IReadOnlyList<string>? Authors
    {
        get;
        init
        {
            field = value;
            Set("authors", Json.Of(value, DeskJson.Default.IReadOnlyListString));
        }
    }

    /// <summary>The picture on top.</summary>
    public HeroImage? HeroImage
    {
        get;
        init
        {
            field = value;
            Set("heroImage", Json.Of(value, DeskJson.Default.HeroImage));
        }
    }

    /// <summary>Names or slugs of tags: all of them.</summary>
    [DisallowNull]
    public IReadOnlyList<string>? Tags
    {
        get;
        init
        {
            field = value;
            Set("tags", Json.Of(value, DeskJson.Default.IReadOnlyListString));
        }
    }

    /// <summary>Who may read it to its end.</summary>
    [DisallowNull]
    public ArticleAccess? Access
    {
        get;
        init
        {
            field = value;
            Set("access", value?.Value);
        }
    }

    /// <summary>A short headline for alerts on telephones, in plain text.</summary>
    public string? AlertHeadline
    {
        get;
        init
        {
            field = value;
            Set("alertHeadline", value);
        }
    }

    /// <summary>A headline for newsletters, in plain text.</summary>
    public string? NewsletterHeadline
    {
        get;
        init
        {
            field = value;
            Set("newsletterHeadline", value);
        }
    }

    /// <summary>What readers should know of the newsroom's own interests, in plain text.</summary>
    public string? Disclosure
    {
        get;
        init
        {
            field = value;
            Set("disclosure", value);
        }
    }

    /// <summary>What was put right, oldest first: all of it.</summary>
    [DisallowNull]
    public IReadOnlyList<Correction>? Corrections
    {
        get;
        init
        {
            field = value;
            Set("corrections", Json.Of(value, DeskJson.Default.IReadOnlyListCorrection));
        }
    }

    /// <summary>What search engines are told, where that differs.</summary>
    public Seo? Seo
    {
        get;
        init
        {
            field = value;
            Set("seo", Json.Of(value, DeskJson.Default.Seo));
        }
    }

    /// <summary>Slugs or ids of articles to go with this one: all of them.</summary>
    [DisallowNull]
    public IReadOnlyList<string>? Related
    {
        get;
        init
        {
            field = value;
            Set("related", Json.Of(value, DeskJson.Default.IReadOnlyListString));
        }
    }

    /// <summary>The date that readers see; null: the moment of its first publication.</summary>
    public DateTimeOffset? PublishedAt
    {
        get;
        init
        {
            field = value;
            Set("publishedAt", value);
        }
    }

    /// <summary>Until then nothing of it reaches readers; null: no embargo.</summary>
    public DateTimeOffset? EmbargoedUntil
    {
        get;
        init
        {
            field = value;
            Set("embargoedUntil", value);
        }
    }
}
