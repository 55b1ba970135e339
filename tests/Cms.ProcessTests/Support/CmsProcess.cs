using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Cms.ProcessTests.Support;

/// <summary>The program <c>cms</c> as a process of its own, and what it says.</summary>
internal sealed class CmsProcess : IAsyncDisposable
{
    private const string ApiLine = "  API        ";
    private const string LastLineOfWelcome = "Press Ctrl-C to stop.";

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    private CmsProcess(Process process, string? data)
    {
        _process = process;
        Data = data;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>The data directory that it was given.</summary>
    public string? Data { get; }

    /// <summary>Where it serves, once it has said so.</summary>
    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<string> Output => Lines(_output);
    public IReadOnlyList<string> Errors => Lines(_errors);

    /// <summary>Starts it with these arguments, and an environment without settings of the caller's.</summary>
    public static CmsProcess Start(
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? data = null,
        int? openFiles = null
    )
    {
        // The shell sets the limit and becomes the program.
        string[] limit = openFiles is { } most ? ["-c", $"ulimit -n {most} && exec dotnet \"$@\"", "sh"] : [];
        var info = new ProcessStartInfo(
            openFiles is null ? "dotnet" : "/bin/sh",
            [
                .. limit,
                Path.Combine(AppContext.BaseDirectory, "cms.dll"),
                .. arguments,
                .. data is null ? Array.Empty<string>() : ["--data", data],
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in info.Environment.Keys.Where(IsSetting).ToList())
            info.Environment.Remove(name);
        // They live for seconds: counting calls, to compile again what is called often, costs more than it saves (a
        // quarter of all that the tests of this program do).
        info.Environment["DOTNET_TieredPGO"] = "0";
        info.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        return new CmsProcess(Process.Start(info)!, data);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CmsResult> RunAsync(
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? data = null
    )
    {
        await using var process = Start(arguments, environment, data);
        var exitCode = await process.ExitAsync();
        return new CmsResult(exitCode, process.Output, process.Errors);
    }

    /// <summary>Starts <c>cms serve</c> on a free port of the loopback, and returns when it serves.</summary>
    public static Task<CmsProcess> ServeAsync(
        string data,
        IReadOnlyDictionary<string, string>? environment = null,
        params string[] more
    ) => ServeAsync(data, null, environment, more);

    /// <summary>… with a limit on the files that it may have open.</summary>
    public static async Task<CmsProcess> ServeAsync(
        string data,
        int? openFiles,
        IReadOnlyDictionary<string, string>? environment = null,
        params string[] more
    )
    {
        var process = Start(["serve", "--urls", "http://127.0.0.1:0", .. more], environment, data, openFiles);
        try
        {
            await process.ServesAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it serves.</summary>
    public async Task ServesAsync()
    {
        await Wait.UntilAsync(
            "the welcome",
            () =>
            {
                Assert.False(
                    _process.HasExited,
                    $"It ended instead of serving:\n{string.Join('\n', Errors)}"
                );
                return Output.Contains(LastLineOfWelcome);
            }
        );
        var api = Output.First(l => l.StartsWith(ApiLine, StringComparison.Ordinal));
        Address = new Uri(new Uri(api[ApiLine.Length..]), "/");
    }

    /// <summary>
    /// Waits until answers are kept: before its change feed is heard, none is. Asks for nothing twice, so that nothing
    /// is a hit.
    /// </summary>
    public async Task RemembersAsync()
    {
        using var reader = Client();
        // Not the first of the list alone: that is what tests ask for.
        var limit = 1;
        await Wait.UntilAsync(
            "a memory",
            async () =>
            {
                await reader.GetJsonAsync($"/v1/articles?limit={++limit}");
                var metrics = await reader.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
                return metrics
                    .Split('\n')
                    .Any(line =>
                        line.StartsWith("cms_cache_answers", StringComparison.Ordinal)
                        && !line.EndsWith(" 0", StringComparison.Ordinal)
                    );
            }
        );
    }

    /// <summary>A client with a key, or without. Redirects are not followed.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Address,
        };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client with the key that the first start has written down.</summary>
    public HttpClient Admin() => Client(File.ReadAllText(Path.Combine(Data!, "admin.key")).Trim());

    /// <summary>How many threads wait for its sockets, where the system says so.</summary>
    public int IoThreads =>
        Directory
            .EnumerateDirectories($"/proc/{Id}/task")
            .Count(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == ".NET Sockets");

    /// <summary>How many files it has open, where the system says so.</summary>
    public int OpenFiles =>
        Directory.Exists($"/proc/{Id}/fd") ? Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length : 0;

    public void Signal(int signal) => Signals.Send(Id, signal);

    /// <summary>The process id of its private PostgreSQL.</summary>
    public int PostgresId => int.Parse(File.ReadLines(PidFile(Data!)).First(), CultureInfo.InvariantCulture);

    public static bool HasPostgres(string data) => File.Exists(PidFile(data));

    /// <summary>Waits for its end and all it said.</summary>
    public async Task<int> ExitAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        deadline.CancelAfter(Wait.Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does, and waits for that.</summary>
    public Task<int> StopAsync()
    {
        Signal(Signals.Terminate);
        return ExitAsync();
    }

    /// <summary>Ends it without any chance to tidy up. Its PostgreSQL is told by the kernel.</summary>
    public Task<int> KillAsync()
    {
        Signal(Signals.Kill);
        return ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await StopAsync();
        _process.Dispose();
    }

    private static string PidFile(string data) => Path.Combine(data, "postgres", "data", "postmaster.pid");

    private static bool IsSetting(string variable) =>
        variable.StartsWith("Cms__", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || variable.StartsWith("DOTNET_ENVIRONMENT", StringComparison.Ordinal)
        || variable.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase);

    private static void Keep(List<string> lines, string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
    }

    private static string[] Lines(List<string> lines)
    {
        lock (lines)
            return [.. lines];
    }
}

/// <summary>What became of a command.</summary>
internal sealed record CmsResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    /// <summary>All that it said, for the message of an assertion.</summary>
    public string Said => string.Join('\n', Output.Concat(Errors));

    /// <summary>It failed, and said why in one line and no more.</summary>
    public string Refusal()
    {
        Assert.True(ExitCode == 1, $"Exit code {ExitCode}: {Said}");
        var line = Assert.Single(Errors);
        Assert.StartsWith("cms: ", line, StringComparison.Ordinal);
        return line;
    }

    /// <summary>It did what it was asked to.</summary>
    public CmsResult Done()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}: {Said}");
        Assert.Empty(Errors);
        return this;
    }
}
