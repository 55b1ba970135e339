using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Cms.Benchmarks.Pieces;

/// <summary>
/// The pieces that requests are made of, one by one, with what they allocate: BenchmarkDotNet, in this process.
/// </summary>
internal static class PieceBench
{
    public static void Run(string folder, bool quick)
    {
        // Elsewhere it would build a project of its own, outside this repository's rules for packages.
        var job = (quick ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig
            .CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .WithOptions(ConfigOptions.JoinSummary)
            .WithArtifactsPath(Path.Combine(folder, "pieces"));
        var summaries = BenchmarkRunner.Run(
            [typeof(CursorPieces), typeof(BodyPieces), typeof(CachePieces)],
            config
        );
        if (summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)))
            throw new InvalidOperationException("A piece was not measured; see above.");
    }
}
