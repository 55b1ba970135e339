using System.Text;
using System.Text.Json;

namespace Cms.Benchmarks.Harness;

/// <summary>A script with which wrk asks for one address after the other, and begins again.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Targets">The addresses.</param>
internal sealed record WrkScript(string File, IReadOnlyList<string> Targets)
{
    // The requests are made before the clock runs. Each thread begins somewhere else, so that they do not ask for the
    // same in step.
    private const string Round = """
        local threads = 0
        function setup(thread)
          thread:set("at", threads * 997)
          threads = threads + 1
        end
        function init(args)
          requests = {}
          for i, target in ipairs(targets) do requests[i] = wrk.format("GET", target) end
        end
        function request()
          at = at + 1
          return requests[at % #requests + 1]
        end

        """;

    public static async Task<WrkScript> WriteAsync(
        string folder,
        string name,
        IEnumerable<string> inTurn,
        CancellationToken ct
    )
    {
        var targets = inTurn.ToArray();
        var script = new StringBuilder("targets = {\n");
        foreach (var target in targets)
            // What JSON escapes in an address, Lua reads the same: nothing, it is percent-encoded.
            script.Append("  ").Append(JsonSerializer.Serialize(target)).Append(",\n");
        script.Append("}\n").Append(Round);
        var file = Path.Combine(folder, name + ".lua");
        await System.IO.File.WriteAllTextAsync(file, script.ToString(), ct);
        return new(file, targets);
    }
}
