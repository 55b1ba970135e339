using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Cms.Delivery.Search;
using Cms.Platform.Http;

namespace Cms.Delivery.Caching;

/// <summary>
/// The addresses whose answers are kept, and their normal form: parameters in order, values of lists in order, without those that say what
/// is so anyway. By the table that the binder reads too; what that would refuse is never normalised to what it would not.
/// </summary>
internal static class CacheableAddress
{
    /// <summary>Longer queries are rarely asked twice.</summary>
    private const int LongestQuery = 1_000;

    private static readonly FrozenDictionary<string, RequestShape> Lists = new Dictionary<
        string,
        RequestShape
    >
    {
        ["/v1/articles"] = RequestShape.Of(typeof(ListArticlesRequest)),
        ["/v1/sections"] = RequestShape.Of(typeof(ListSectionsRequest)),
        ["/v1/authors"] = RequestShape.Of(typeof(ListAuthorsRequest)),
        ["/v1/tags"] = RequestShape.Of(typeof(ListTagsRequest)),
        ["/v1/search"] = RequestShape.Of(typeof(SearchArticlesRequest)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private const string Related = "/related";
    private static readonly RequestShape ArticleShape = RequestShape.Of(typeof(GetArticleRequest));
    private static readonly RequestShape RelatedShape = RequestShape.Of(typeof(ListRelatedArticlesRequest));

    private static readonly FrozenDictionary<string, RequestShape> Things = new Dictionary<
        string,
        RequestShape
    >
    {
        ["/v1/articles"] = ArticleShape,
        ["/v1/sections"] = RequestShape.Of(typeof(GetSectionRequest)),
        ["/v1/authors"] = RequestShape.Of(typeof(GetAuthorRequest)),
        ["/v1/images"] = RequestShape.Of(typeof(GetImageRequest)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The address in its normal form; null: its answer is not kept.</summary>
    public static string? Normalise(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (ShapeOf(path) is not { } shape || request.QueryString.Value!.Length > LongestQuery)
            return null;
        if (!request.QueryString.HasValue)
            return path;
        // A sequence that cannot be decoded would look like a plain percent sign.
        if (!PercentEncoding.IsValid(request.QueryString.Value))
            return null;
        var parts = new List<string>();
        foreach (var (name, values) in request.Query)
        {
            if (!shape.Query.TryGetValue(name, out var part) || (values.Count != 1 && !part.IsList))
                return null;
            // As in the binder: a,b and a&b are the same list, and repeated values count once.
            var value = part.IsList
                ? string.Join(
                    ',',
                    string.Join(',', values.ToArray())
                        .Split(',')
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal)
                )
                : values[0]!;
            if (value != DefaultOf(part))
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
        }
        if (parts.Count == 0)
            return path;
        parts.Sort(StringComparer.Ordinal);
        return new StringBuilder(path).Append('?').AppendJoin('&', parts).ToString();
    }

    private static RequestShape? ShapeOf(string path)
    {
        if (Lists.TryGetValue(path, out var list))
            return list;
        if (path.EndsWith(Related, StringComparison.Ordinal))
            return ThingAt(path[..^Related.Length]) == ArticleShape ? RelatedShape : null;
        return ThingAt(path);
    }

    private static RequestShape? ThingAt(string path)
    {
        var slash = path.LastIndexOf('/');
        // Slugs and ids need no escaping: whatever is written otherwise is not asked for often.
        return slash > 0 && slash < path.Length - 1 && path.AsSpan(slash + 1).IndexOfAnyExcept(Plain) < 0
            ? Things.GetValueOrDefault(path[..slash])
            : null;
    }

    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    private static string? DefaultOf(RequestPart part) =>
        part.Default switch
        {
            null => null,
            Array values => string.Join(
                ',',
                values.Cast<object>().Select(v => Name(part.ValueType, v)).Order(StringComparer.Ordinal)
            ),
            var value => Name(part.ValueType, value),
        };

    private static string? Name(Type type, object value) =>
        type.IsEnum ? ParameterValue.NamesOf(type).First(n => n.Value.Equals(value)).Key
        : value is bool isSo ? (isSo ? "true" : "false")
        : Convert.ToString(value, CultureInfo.InvariantCulture);
}
