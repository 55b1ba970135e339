using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>Everything that delivery's measurements share.</summary>
internal sealed record Stage(
    Report Report,
    Aims Aims,
    BarChart Chart,
    Pace Pace,
    string Folder,
    House Large,
    House Small
)
{
    /// <summary>From a lone reader to a crowd.</summary>
    public static readonly int[] Crowds = [1, 8, 64, 256];

    /// <summary>Where one figure must do for throughput: every core has work.</summary>
    public const int Busy = 64;

    /// <summary>
    /// Where one figure must do for latency: that of the answer, more than that of the queue before it.
    /// </summary>
    public const int Few = 8;

    public static double Rate(Load load) => load.PerSecond;

    public static double P50(Load load) => load.P50;

    public static double P99(Load load) => load.P99;

    public static double Cpu(Load load) => load.Cpu;
}

/// <summary>A newsroom and two nodes on it: one as it comes, one that keeps no answers.</summary>
internal sealed class House : IDisposable
{
    private House(Newsroom newsroom, int articles, ServerProcess node, ServerProcess cacheless) =>
        (Newsroom, Articles, Node, Cacheless) = (newsroom, articles, node, cacheless);

    public Newsroom Newsroom { get; }
    public int Articles { get; }
    public ServerProcess Node { get; }
    public ServerProcess Cacheless { get; }

    public static async Task<House> OpenAsync(Newsroom newsroom, int articles, CancellationToken ct)
    {
        var node = await ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct);
        try
        {
            return new(
                newsroom,
                articles,
                node,
                await ServerProcess.NodeAsync(
                    newsroom,
                    "artifacts/bench/node",
                    ct,
                    settings: [new("Cms__CacheMegabytes", "0")]
                )
            );
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Node.Dispose();
        Cacheless.Dispose();
    }
}
