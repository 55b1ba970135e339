using System.Diagnostics.CodeAnalysis;
using Cms.Client.Editorial.Http;

namespace Cms.Client.Editorial;

/// <summary>A change of a section.</summary>
public sealed class SectionPatch : MergePatch
{
    /// <summary>Its name in addresses.</summary>
    [DisallowNull]
    public string? Slug
    {
        get;
        init
        {
            field = value;
            Set("slug", value);
        }
    }

    /// <summary>Its name for readers.</summary>
    [DisallowNull]
    public string? Name
    {
        get;
        init
        {
            field = value;
            Set("name", value);
        }
    }

    /// <summary>What the section is about, in plain text.</summary>
    public string? Description
    {
        get;
        init
        {
            field = value;
            Set("description", value);
        }
    }

    /// <summary>Where it stands among its siblings.</summary>
    [DisallowNull]
    public int? Position
    {
        get;
        init
        {
            field = value;
            Set("position", value);
        }
    }

    /// <summary>Slug or id of the section above; null: it stands at the top.</summary>
    public string? Parent
    {
        get;
        init
        {
            field = value;
            Set("parent", value);
        }
    }
}

/// <summary>A change of an author.</summary>
public sealed class AuthorPatch : MergePatch
{
    /// <summary>Their name in addresses.</summary>
    [DisallowNull]
    public string? Slug
    {
        get;
        init
        {
            field = value;
            Set("slug", value);
        }
    }

    /// <summary>Their name for readers.</summary>
    [DisallowNull]
    public string? Name
    {
        get;
        init
        {
            field = value;
            Set("name", value);
        }
    }

    /// <summary>What they do, such as <c>Senior reporter</c>.</summary>
    public string? JobTitle
    {
        get;
        init
        {
            field = value;
            Set("jobTitle", value);
        }
    }

    /// <summary>Who they are, in plain text.</summary>
    public string? Bio
    {
        get;
        init
        {
            field = value;
            Set("bio", value);
        }
    }

    /// <summary>Handles by network; one that is null is removed, others stay.</summary>
    [DisallowNull]
    public IReadOnlyDictionary<string, string?>? Social
    {
        get;
        init
        {
            field = value;
            Set("social", Json.Of(value, DeskJson.Default.IReadOnlyDictionaryStringString));
        }
    }

    /// <summary>Id of their picture.</summary>
    public Guid? Avatar
    {
        get;
        init
        {
            field = value;
            Set("avatar", value);
        }
    }

    /// <summary>Where the desk reaches them; readers do not see it.</summary>
    public string? Email
    {
        get;
        init
        {
            field = value;
            Set("email", value);
        }
    }
}

/// <summary>A change of a tag.</summary>
public sealed class TagPatch : MergePatch
{
    /// <summary>Its name in addresses.</summary>
    [DisallowNull]
    public string? Slug
    {
        get;
        init
        {
            field = value;
            Set("slug", value);
        }
    }

    /// <summary>Its name for readers.</summary>
    [DisallowNull]
    public string? Name
    {
        get;
        init
        {
            field = value;
            Set("name", value);
        }
    }
}

/// <summary>A change of what is said of an image.</summary>
public sealed class ImagePatch : MergePatch
{
    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public string? Alt
    {
        get;
        init
        {
            field = value;
            Set("alt", value);
        }
    }

    /// <summary>The line under the picture.</summary>
    public string? Caption
    {
        get;
        init
        {
            field = value;
            Set("caption", value);
        }
    }

    /// <summary>Whose picture it is.</summary>
    public string? Credit
    {
        get;
        init
        {
            field = value;
            Set("credit", value);
        }
    }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public FocalPoint? FocalPoint
    {
        get;
        init
        {
            field = value;
            Set("focalPoint", Json.Of(value, DeskJson.Default.FocalPoint));
        }
    }
}
