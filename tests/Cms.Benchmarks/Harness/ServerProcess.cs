using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Delivery;
using Npgsql;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// A server under measurement: the newsroom's, or the bare one beside it. Always a process of its own, and what it
/// takes.
/// </summary>
internal sealed class ServerProcess : IMeasured, IDisposable
{
    /// <summary>What a server says last when it serves; the address stands in a line before.</summary>
    public const string Ready = "Press Ctrl-C to stop.";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>
    /// What <c>scripts/publish</c> makes; null when it is not there, or of an earlier build than this.
    /// </summary>
    public static string? Published =>
        Path.GetFullPath(Path.Combine("artifacts", "publish", "cms")) is var file
        && File.Exists(file)
        && File.GetLastWriteTimeUtc(file + ".dll")
            >= File.GetLastWriteTimeUtc(Path.Combine(AppContext.BaseDirectory, "cms.dll"))
            ? file
            : null;

    /// <summary>A node of the newsroom, as <c>cms serve</c> runs it.</summary>
    /// <param name="port">0: any.</param>
    /// <param name="program">Another one than was built beside the benchmarks, such as <see cref="Published"/>.</param>
    /// <param name="settings">What is set besides, such as <c>Cms__CacheMegabytes</c>.</param>
    public static Task<ServerProcess> NodeAsync(
        Newsroom newsroom,
        string folder,
        CancellationToken ct,
        int port = 0,
        string? program = null,
        params IEnumerable<KeyValuePair<string, string>> settings
    ) =>
        StartAsync(
            [program ?? "cms.dll", "serve", "--urls", $"http://127.0.0.1:{port}", "--data", folder],
            new(settings)
            {
                ["ConnectionStrings__Cms"] = newsroom.ConnectionString,
                // What is measured is the server, not its patience.
                ["Cms__KeyRequestsPerMinute"] = "0",
                // The pictures of the corpus have no files.
                ["Cms__WarmRenditions"] = "false",
            },
            ct
        );

    /// <summary>Kestrel with nothing behind it (<see cref="BareServer"/>).</summary>
    /// <param name="recorded">A folder of answers for it to give.</param>
    public static Task<ServerProcess> BareAsync(
        CancellationToken ct,
        string? recorded = null,
        int port = 0
    ) =>
        StartAsync(
            ["Cms.Benchmarks.dll", BareServer.Command, "--port", $"{port}", .. Recorded(recorded)],
            [],
            ct
        );

    /// <summary>Kestrel with the shortest way to PostgreSQL behind it (<see cref="ByHand"/>).</summary>
    /// <param name="knowsNames">Whether it has read all names before, and never looks again.</param>
    public static Task<ServerProcess> ByHandAsync(Newsroom newsroom, bool knowsNames, CancellationToken ct)
    {
        // As many connections as the node lets readers have of its pool.
        var database = new NpgsqlConnectionStringBuilder(newsroom.ConnectionString) { MaxPoolSize = 50 };
        var settings = new Dictionary<string, string> { [ByHand.Database] = database.ConnectionString };
        if (knowsNames)
            settings[ByHand.KnowsNames] = "true";
        return StartAsync(["Cms.Benchmarks.dll", ByHand.Command], settings, ct);
    }

    private static string[] Recorded(string? folder) => folder is null ? [] : ["--recorded", folder];

    private static async Task<ServerProcess> StartAsync(
        string[] arguments,
        Dictionary<string, string> environment,
        CancellationToken ct
    )
    {
        var info = Path.IsPathRooted(arguments[0])
            ? new ProcessStartInfo(arguments[0], arguments[1..])
            : new ProcessStartInfo(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, arguments[0]), .. arguments[1..]]
            );
        info.UseShellExecute = false;
        info.RedirectStandardOutput = true;
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var process = Process.Start(info)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        try
        {
            Uri? address = null;
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                var at = line.IndexOf("http://", StringComparison.Ordinal);
                if (at >= 0)
                    address ??= new Uri(new Uri(line[at..]), "/");
                if (line == Ready)
                {
                    // Whatever else it says must not fill the pipe.
                    _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                    return new(process, address!);
                }
            }
            throw new InvalidOperationException($"{arguments[0]} ended instead of serving.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public double Resident => ProcessFiles.Memory(_process.Id, "VmRSS:");

    /// <summary>The most resident memory since <see cref="ForgetPeak"/>, in bytes, as the kernel kept it.</summary>
    public double Peak => ProcessFiles.Memory(_process.Id, "VmHWM:");

    public void ForgetPeak() => ProcessFiles.ForgetPeak(_process.Id);

    /// <summary>Seconds of processor time that it has used.</summary>
    public double Cpu => ProcessFiles.Cpu(_process.Id);

    public void Dispose()
    {
        // Nothing of it is kept: no need to ask.
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
