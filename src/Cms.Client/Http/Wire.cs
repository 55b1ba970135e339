using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cms.Client.Http;

/// <summary>An address below the server's, with its parameters.</summary>
internal sealed class Address
{
    private readonly StringBuilder _text;
    private bool _hasQuery;

    public Address(string path) => _text = new StringBuilder(path);

    public Address(string path, string segment, string below = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(segment);
        // "." and ".." would be taken for steps of the path, escaped or not; they are nobody's slug.
        if (segment is "." or "..")
            throw new ArgumentException("This is neither a slug nor an id.", nameof(segment));
        _text = new StringBuilder(path).Append(Uri.EscapeDataString(segment)).Append(below);
    }

    /// <summary>Adds a parameter, unless its value is null.</summary>
    public Address With(string name, string? value)
    {
        if (value is null)
            return this;
        _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _hasQuery = true;
        return this;
    }

    /// <summary>Adds a parameter with several values, unless there are none.</summary>
    public Address With(string name, IReadOnlyCollection<string> values) =>
        values.Count == 0 ? this : With(name, string.Join(',', values));

    public Uri Under(Uri server) => new(server, _text.ToString());
}

/// <summary>Questions and answers as they travel.</summary>
internal static class Wire
{
    public static Address List(string path, ListQuery? query, string? cursor) =>
        List(new Address(path), query, cursor);

    public static Address List(Address path, ListQuery? query, string? cursor) =>
        path.With("limit", query?.PageSize?.ToString(CultureInfo.InvariantCulture))
            .With("count", Count(query?.Total))
            .With("cursor", cursor);

    public static Address Articles(ArticleQuery query, string? cursor) =>
        List("v1/articles", query, cursor)
            .With("section", query.Sections)
            .With("author", query.Authors)
            .With("tag", query.Tags)
            .With("allTags", query.AllTags)
            .With("exclude", [.. query.Exclude.Select(id => id.ToString())])
            .With("kind", query.Kinds)
            .With("access", [.. query.Access.Select(a => a.Value)])
            .With("publishedAfter", Time(query.PublishedAfter))
            .With("publishedBefore", Time(query.PublishedBefore))
            .With("sort", Sort(query.Sort))
            .With("body", query.Body == BodyForms.None ? null : Forms(query.Body));

    public static Address Search(string words, SearchQuery query, string? cursor) =>
        new Address("v1/search")
            .With("q", words)
            .With("as-you-type", query.AsYouType ? "true" : null)
            .With("section", query.Sections)
            .With("author", query.Authors)
            .With("tag", query.Tags)
            .With("kind", query.Kinds)
            .With("access", [.. query.Access.Select(a => a.Value)])
            .With("publishedAfter", Time(query.PublishedAfter))
            .With("publishedBefore", Time(query.PublishedBefore))
            .With(
                "sort",
                query.Sort switch
                {
                    SearchSort.Relevance => null,
                    SearchSort.NewestFirst => "-publishedAt",
                    _ => throw new ArgumentOutOfRangeException(
                        nameof(query),
                        query.Sort,
                        "There is no such sort."
                    ),
                }
            )
            .With(
                "facets",
                [
                    .. new[] { SearchFacet.Section, SearchFacet.Author, SearchFacet.Tag, SearchFacet.Month }
                        .Where(f => query.Facets.HasFlag(f))
                        .Select(f => f.ToString().ToLowerInvariant()),
                ]
            )
            .With("limit", query.PageSize?.ToString(CultureInfo.InvariantCulture))
            .With("cursor", cursor);

    public static string Forms(BodyForms forms)
    {
        var names = new List<string>();
        if (forms.HasFlag(BodyForms.Blocks))
            names.Add("blocks");
        if (forms.HasFlag(BodyForms.Html))
            names.Add("html");
        if (forms.HasFlag(BodyForms.Markdown))
            names.Add("markdown");
        if (forms.HasFlag(BodyForms.Text))
            names.Add("text");
        return names.Count == 0 ? "none" : string.Join(',', names);
    }

    /// <exception cref="CmsFormatException">It is not what was promised.</exception>
    public static T Read<T>(Answer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type)
                ?? throw new JsonException("Expected an object.");
        }
        catch (JsonException e)
        {
            throw new CmsFormatException(
                $"{answer} with something else "
                    + $"({answer.MediaType ?? "no media type"}) than the API promises: {e.Message}",
                e
            );
        }
    }

    private static string? Sort(ArticleSort sort) =>
        sort switch
        {
            ArticleSort.NewestFirst => null,
            ArticleSort.OldestFirst => "publishedAt",
            ArticleSort.LastUpdatedFirst => "-updatedAt",
            ArticleSort.FirstUpdatedFirst => "updatedAt",
            ArticleSort.Headline => "headline",
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "There is no such sort."),
        };

    private static string? Count(TotalCount? total) =>
        total switch
        {
            null or TotalCount.None => null,
            TotalCount.Estimated => "estimated",
            TotalCount.Exact => "exact",
            _ => throw new ArgumentOutOfRangeException(nameof(total), total, "There is no such count."),
        };

    public static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
