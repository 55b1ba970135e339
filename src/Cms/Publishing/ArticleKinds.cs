using System.Text.RegularExpressions;
using Cms.Platform;
using Cms.Platform.Unicode;

namespace Cms.Publishing;

/// <summary>
/// The kinds of article that there are: those that every newsroom has, and this newsroom's own
/// (<c>Cms__ArticleKinds</c>). A kind that is neither is refused, since a list of a misspelt kind looks empty.
/// </summary>
internal sealed partial class ArticleKinds
{
    /// <summary>An article that says nothing else.</summary>
    public const string Story = "story";

    public const string Pattern = "^[a-z][A-Za-z0-9]{0,39}$";

    private static readonly string[] OfEveryNewsroom =
    [
        Story,
        "brief",
        "analysis",
        "opinion",
        "interview",
        "explainer",
        "roundup",
        "newsletter",
        "liveBlog",
        "gallery",
        "video",
        "podcast",
    ];

    private readonly string[] _all;

    /// <param name="own">The newsroom's own, beside those that all have.</param>
    /// <exception cref="SettingException">One of them is no name for a kind.</exception>
    public ArticleKinds(IReadOnlyCollection<string> own)
    {
        if (own.FirstOrDefault(kind => !IsName(kind)) is { } wrong)
            throw new SettingException(
                $"Cms__ArticleKinds has '{Text.Short(wrong)}'. A kind is a name such as photoEssay: a small letter, "
                    + "then up to 39 letters and digits."
            );
        _all = [.. OfEveryNewsroom.Concat(own).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether this can be the name of a kind.</summary>
    public static bool IsName(string kind) => Name().IsMatch(kind);

    public bool Has(string kind) => _all.Contains(kind, StringComparer.Ordinal);

    /// <summary>What to say of a kind that there is not.</summary>
    public string Unknown(string kind) =>
        $"There is no kind of article '{Text.Short(kind)}'. There are {string.Join(", ", _all)}.";

    [GeneratedRegex(
        @"^[a-z][A-Za-z0-9]{0,39}\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Name();
}
