using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Cms.Platform.Http;
using Cms.Platform.Http.Requests;
using Microsoft.Extensions.Primitives;

namespace Cms.Delivery.Caching;

/// <summary>
/// The addresses whose answers are kept, which the endpoints declare (<c>Kept()</c>), and their normal form: parameters
/// in order, values of lists in order, without those that say what is so anyway. By the table that the binder reads
/// too; what that would refuse is never normalised to what it would not.
/// </summary>
internal sealed class KeptAddresses
{
    /// <summary>Longer queries are rarely asked twice.</summary>
    private const int MaxQueryLength = 1_000;

    private readonly FrozenDictionary<string, KeptRoute> _lists;

    // By what stands behind the thing's slug or id (nothing, or such as "/related"), longest first; then by what stands
    // before it.
    private readonly (string Behind, FrozenDictionary<string, KeptRoute> Before)[] _things;

    /// <param name="routes">Routes with at most one parameter, a whole segment.</param>
    public KeptAddresses(IEnumerable<KeptRoute> routes)
    {
        var lists = new Dictionary<string, KeptRoute>(StringComparer.Ordinal);
        var things = new List<(string Behind, string Before, KeptRoute Kept)>();
        foreach (var kept in routes)
        {
            var route = kept.Route;
            var (open, close) = (route.IndexOf("/{", StringComparison.Ordinal), route.IndexOf('}'));
            if (open < 0)
                lists.Add(route, kept);
            else if (route.LastIndexOf('{') == open + 1)
                things.Add((route[(close + 1)..], route[..open], kept));
            else
                throw new ArgumentException($"'{route}' has several parameters.", nameof(routes));
        }
        _lists = lists.ToFrozenDictionary(StringComparer.Ordinal);
        _things =
        [
            .. things
                .GroupBy(t => t.Behind, StringComparer.Ordinal)
                .OrderByDescending(g => g.Key.Length)
                .Select(g =>
                    (g.Key, g.ToFrozenDictionary(t => t.Before, t => t.Kept, StringComparer.Ordinal))
                ),
        ];
    }

    /// <summary>Those of the endpoints that declare it.</summary>
    public static KeptAddresses Of(EndpointDataSource endpoints) =>
        new(
            endpoints
                .Endpoints.OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<KeptMetadata>() is not null)
                .Select(e => new KeptRoute(
                    "/" + e.RoutePattern.RawText!.TrimStart('/'),
                    e.Metadata.GetRequiredMetadata<KeptMetadata>().Shape,
                    e.Metadata.GetMetadata<ContentMetadata>()?.MediaTypes.Single() ?? "application/json"
                ))
        );

    /// <summary>
    /// The address in its normal form; null: its answer is not kept, or not of a type that the client takes.
    /// </summary>
    public string? Normalise(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (
            Find(path) is not { } kept
            || !Takes(request.Headers.Accept, kept.MediaType)
            || request.QueryString.Value!.Length > MaxQueryLength
        )
            return null;
        if (!request.QueryString.HasValue)
            return path;
        // A sequence that cannot be decoded would look like a plain percent sign.
        if (!PercentEncoding.IsValid(request.QueryString.Value))
            return null;
        var parts = new List<string>();
        foreach (var (name, values) in request.Query)
        {
            if (!kept.Shape.Query.TryGetValue(name, out var part) || (values.Count != 1 && !part.IsList))
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

    /// <summary>Whether the client takes a media type.</summary>
    public static bool Takes(StringValues accept, string mediaType) =>
        accept.Count == 0
        || (accept is [{ } only] && (only == "*/*" || only == mediaType))
        || Pipeline.Accepts(accept, mediaType);

    private KeptRoute? Find(string path)
    {
        if (_lists.TryGetValue(path, out var list))
            return list;
        foreach (var (behind, before) in _things)
            if (
                path.EndsWith(behind, StringComparison.Ordinal)
                && ThingAt(path.AsSpan(0, path.Length - behind.Length), before) is { } kept
            )
                return kept;
        return null;
    }

    private static KeptRoute? ThingAt(ReadOnlySpan<char> path, FrozenDictionary<string, KeptRoute> before)
    {
        var slash = path.LastIndexOf('/');
        // Slugs and ids need no escaping: whatever is written otherwise is not asked for often.
        return
            slash > 0
            && slash < path.Length - 1
            && path[(slash + 1)..].IndexOfAnyExcept(Plain) < 0
            && before.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path[..slash], out var kept)
            ? kept
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

/// <summary>An address whose answers are kept, perhaps with a slug or id in it.</summary>
/// <param name="Route">Such as <c>/v1/articles/{slugOrId}</c>.</param>
/// <param name="Shape">Its parameters.</param>
/// <param name="MediaType">What it answers, without parameters.</param>
internal sealed record KeptRoute(string Route, RequestShape Shape, string MediaType = "application/json");
