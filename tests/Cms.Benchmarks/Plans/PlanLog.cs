using System.Text;
using System.Text.Json;

namespace Cms.Benchmarks.Plans;

/// <summary>The plans that PostgreSQL's auto_explain has logged, with what each of their steps has read.</summary>
internal sealed class PlanLog
{
    /// <summary>
    /// For a database whose plans are wanted; each statement's, with its real parameters and as it was executed.
    /// </summary>
    public const string Settings = """
        alter database {0} set session_preload_libraries = 'auto_explain';
        alter database {0} set auto_explain.log_min_duration = 0;
        alter database {0} set auto_explain.log_analyze = on;
        alter database {0} set auto_explain.log_timing = off;
        alter database {0} set auto_explain.log_buffers = on;
        alter database {0} set auto_explain.log_format = json;
        -- Plans depend on it, and are to be the same on every machine.
        alter database {0} set effective_cache_size = '4GB'
        """;

    /// <summary>Those of functions and triggers too, for connections from now on.</summary>
    public const string Nested = "alter database {0} set auto_explain.log_nested_statements = on";

    private readonly Lock _gate = new();
    private readonly List<Plan> _plans = [];
    private StringBuilder? _open;

    /// <summary>
    /// Takes a line of the server's log. A message goes on in lines that begin with a tab; a plan's last one closes its
    /// object.
    /// </summary>
    public void Take(string line)
    {
        lock (_gate)
        {
            if (line.StartsWith('\t'))
            {
                _open?.AppendLine(line);
                if (line == "\t}")
                    Close();
                return;
            }
            if (line.EndsWith("plan:", StringComparison.Ordinal))
                _open = new StringBuilder();
        }
    }

    /// <summary>
    /// How many could not be read: where two connections log at once, long messages may run into one another.
    /// </summary>
    public int Unreadable { get; private set; }

    /// <summary>The plans since this was last asked, once no more come.</summary>
    public IReadOnlyList<Plan> Drain()
    {
        lock (_gate)
        {
            var plans = _plans.ToList();
            _plans.Clear();
            return plans;
        }
    }

    private void Close()
    {
        if (_open is null)
            return;
        try
        {
            using var document = JsonDocument.Parse(_open.ToString());
            _plans.Add(Plan.Read(document.RootElement));
        }
        catch (JsonException)
        {
            Unreadable++;
        }
        _open = null;
    }
}

/// <summary>A statement as it was executed.</summary>
/// <param name="Statement">Its text.</param>
/// <param name="Parameters">Its parameters, as the server writes them.</param>
internal sealed record Plan(string Statement, string? Parameters, IReadOnlyList<Step> Steps)
{
    public static Plan Read(JsonElement root)
    {
        var steps = new List<Step>();
        Walk(root.GetProperty("Plan"));
        return new(
            root.GetProperty("Query Text").GetString()!,
            root.TryGetProperty("Query Parameters", out var parameters) ? parameters.GetString() : null,
            steps
        );

        void Walk(JsonElement node)
        {
            var loops = Number(node, "Actual Loops");
            steps.Add(
                new(
                    node.GetProperty("Node Type").GetString()!,
                    Text(node, "Relation Name") ?? Text(node, "Index Name"),
                    loops * Number(node, "Actual Rows"),
                    loops
                        * (
                            Number(node, "Rows Removed by Filter")
                            + Number(node, "Rows Removed by Index Recheck")
                            + Number(node, "Rows Removed by Join Filter")
                        )
                )
            );
            if (node.TryGetProperty("Plans", out var below))
                foreach (var child in below.EnumerateArray())
                    Walk(child);
        }
    }

    private static double Number(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

    private static string? Text(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>A step of a plan.</summary>
/// <param name="Kind">Such as <c>Seq Scan</c>.</param>
/// <param name="Table">What it reads, if it reads something stored.</param>
/// <param name="Rows">How many rows it gave, all its executions together.</param>
/// <param name="Thrown">How many it read and did not give.</param>
internal sealed record Step(string Kind, string? Table, double Rows, double Thrown);
