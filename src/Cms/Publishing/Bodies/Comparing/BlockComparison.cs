using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>Compares two forms of one block, member by member, by the JSON that they are stored as.</summary>
/// <param name="texts">Compares texts and orders.</param>
internal sealed class BlockComparison(TextComparison texts)
{
    // A third of the words: an item that was edited, rather than another one.
    private const double Alike = 0.34;

    private readonly List<BlockEdit> _edits = [];
    private string _type = "";

    /// <summary>The edits, and a block that shows them: with <c>ins</c> and <c>del</c> in its inline HTML.</summary>
    public static (IReadOnlyList<BlockEdit> Edits, Block? Shown) Compare(
        Block before,
        Block after,
        TextComparison texts
    )
    {
        // Free HTML has no members to look into, and a table of other columns no cells that belong together.
        if (before.GetType() != after.GetType() || before is HtmlBlock || !HaveSameColumns(before, after))
            return ([Replaced("", "", Json(before), Json(after))], null);
        var comparison = new BlockComparison(texts) { _type = after.GetType().Name };
        var merged = comparison.Objects(Json(before).AsObject(), Json(after).AsObject(), "", "");
        return (
            comparison._edits,
            after is ImageBlock or EmbedBlock or CodeBlock ? null : merged.Deserialize<Block>(Body.Json)
        );
    }

    private JsonObject Objects(JsonObject before, JsonObject after, string from, string to)
    {
        var merged = new JsonObject();
        foreach (var name in before.Select(m => m.Key).Union(after.Select(m => m.Key)))
        {
            var (a, b) = (before[name], after[name]);
            merged[name] =
                name is "id" && from.Length == 0 ? b?.DeepClone()
                : JsonNode.DeepEquals(a, b) ? b?.DeepClone()
                : Values(a, b, name, $"{from}/{name}", $"{to}/{name}");
        }
        return merged;
    }

    private JsonNode? Values(JsonNode? a, JsonNode? b, string name, string from, string to)
    {
        switch (a, b)
        {
            case (JsonObject before, JsonObject after):
                return Objects(before, after, from, to);
            case (JsonArray before, JsonArray after) when name is "items" or "paragraphs" or "rows":
                return Sequences(before, after, name, from, to);
            case (JsonArray before, JsonArray after) when name is "header" or "cells":
                return new JsonArray([
                    .. before.Select(
                        (cell, i) =>
                            JsonNode.DeepEquals(cell, after[i])
                                ? cell?.DeepClone()
                                : Values(cell, after[i], "cell", At(from, i), At(to, i))
                    ),
                ]);
            case (JsonValue before, JsonValue after) when TextKind(name) is { } isHtml:
                var (old, now) = (before.GetValue<string>(), after.GetValue<string>());
                var pieces = isHtml ? texts.OfHtml(old, now) : texts.OfPlain(old, now);
                _edits.Add(
                    new()
                    {
                        Change = EditChange.Changed,
                        From = from,
                        To = to,
                        Pieces = pieces,
                    }
                );
                return isHtml ? Marked(pieces) : now;
            default:
                _edits.Add(Replaced(from, to, a, b));
                return TextKind(name) == true ? Marked(Text(a), Text(b))
                    : name is not "list" ? b?.DeepClone()
                    : a is null ? Wrapped(b!, "ins")
                    : Wrapped(a, "del");
        }
    }

    /// <summary>
    /// Items, paragraphs or rows: equal ones stay, and of the others those belong together that are alike.
    /// </summary>
    private JsonArray Sequences(JsonArray before, JsonArray after, string name, string from, string to)
    {
        var merged = new JsonArray();
        var at = 0;
        foreach (
            var (fromA, countA, fromB, countB) in texts.Differences(
                [.. before.Select(n => n!.ToJsonString())],
                [.. after.Select(n => n!.ToJsonString())]
            )
        )
        {
            for (; at < fromA; at++)
                merged.Add(before[at]!.DeepClone());
            var first = fromA;
            for (var j = fromB; j < fromB + countB; j++)
            {
                var partner = Enumerable
                    .Range(first, Math.Min(8, fromA + countA - first))
                    .Where(i => Likeness(before[i]!, after[j]!) >= Alike)
                    .Cast<int?>()
                    .FirstOrDefault();
                for (; first < (partner ?? first); first++)
                    Remove(first);
                if (partner is { } i)
                {
                    first = i + 1;
                    merged.Add(Values(before[i], after[j], Element(name), At(from, i), At(to, j)));
                }
                else
                {
                    _edits.Add(
                        new()
                        {
                            Change = EditChange.Added,
                            To = At(to, j),
                            After = Element(after[j]),
                        }
                    );
                    merged.Add(Wrapped(after[j]!, "ins"));
                }
            }
            for (; first < fromA + countA; first++)
                Remove(first);
            at = fromA + countA;
        }
        for (; at < before.Count; at++)
            merged.Add(before[at]!.DeepClone());
        return merged;

        void Remove(int i)
        {
            _edits.Add(
                new()
                {
                    Change = EditChange.Removed,
                    From = At(from, i),
                    Before = Element(before[i]),
                }
            );
            merged.Add(Wrapped(before[i]!, "del"));
        }
    }

    private static string Element(string name) =>
        name switch
        {
            "rows" => "cells",
            "paragraphs" => "paragraph",
            _ => "item",
        };

    /// <summary>Whether a text is inline HTML; null for what is no text.</summary>
    private bool? TextKind(string name) =>
        (_type, name) switch
        {
            (nameof(ImageBlock), "alt" or "caption" or "credit") => false,
            (nameof(EmbedBlock), "title") => false,
            (nameof(CodeBlock), "code") => false,
            (nameof(TableBlock), "caption") => true,
            (_, "html" or "paragraph" or "attribution" or "cell") => true,
            _ => null,
        };

    /// <summary>A value, with all inline HTML in it inserted or deleted.</summary>
    private static JsonNode Wrapped(JsonNode node, string element) =>
        node switch
        {
            JsonValue value => value.TryGetValue<string>(out var html) && html.Length > 0
                ? $"<{element}>{html}</{element}>"
                : value.DeepClone(),
            JsonArray items => new JsonArray([.. items.Select(i => Wrapped(i!, element))]),
            _ => new JsonObject(
                node.AsObject()
                    .Select(m =>
                        KeyValuePair.Create(
                            m.Key,
                            m.Key is "html" or "items" or "list"
                                ? Wrapped(m.Value!, element)
                                : m.Value?.DeepClone()
                        )
                    )
            ),
        };

    private static string Marked(IReadOnlyList<TextPiece> pieces) =>
        string.Concat(
            pieces.Select(p =>
                p.Change switch
                {
                    PieceChange.Inserted => $"<ins>{p.Html}</ins>",
                    PieceChange.Deleted => $"<del>{p.Html}</del>",
                    _ => p.Html,
                }
            )
        );

    private static string Marked(string? before, string? after) =>
        (string.IsNullOrEmpty(before) ? "" : $"<del>{before}</del>")
        + (string.IsNullOrEmpty(after) ? "" : $"<ins>{after}</ins>");

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static double Likeness(JsonNode one, JsonNode other)
    {
        var (a, b) = (WordsOf(one), WordsOf(other));
        return a.Count + b.Count == 0 ? 0 : 2.0 * a.Count(b.Contains) / (a.Count + b.Count);
    }

    private static HashSet<string> WordsOf(JsonNode node) =>
        [
            .. TextsOf(node)
                .SelectMany(t => BodyText.Line(t).Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];

    /// <summary>All inline HTML in a value.</summary>
    public static IEnumerable<string> TextsOf(JsonNode? node) =>
        node switch
        {
            JsonValue value when value.TryGetValue<string>(out var text) => [text],
            JsonArray items => items.SelectMany(TextsOf),
            JsonObject members => members
                .Where(m => m.Key is "html" or "items" or "list")
                .SelectMany(m => TextsOf(m.Value)),
            _ => [],
        };

    private static bool HaveSameColumns(Block before, Block after) =>
        (before, after) is not (TableBlock a, TableBlock b)
        || ((a.Header is null) == (b.Header is null) && Columns(a) == Columns(b));

    private static int Columns(TableBlock table) =>
        table.Header?.Count ?? (table.Rows.Count > 0 ? table.Rows[0].Count : 0);

    private static BlockEdit Replaced(string from, string to, JsonNode? before, JsonNode? after) =>
        new()
        {
            Change = EditChange.Changed,
            From = from,
            To = to,
            Before = Element(before),
            After = Element(after),
        };

    private static JsonElement Element(JsonNode? node) => JsonSerializer.SerializeToElement(node);

    private static JsonNode Json(Block block) => JsonSerializer.SerializeToNode(block, Body.Json)!;

    private static string At(string pointer, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");
}
