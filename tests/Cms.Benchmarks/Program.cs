using System.CommandLine;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Benchmarks.Sync;

// scripts/bench: measures the server as its clients meet it, beside something bare that does as much work with nothing in it.

var articles = new Option<int>("--articles")
{
    Description = "How many published articles the newsroom has.",
    DefaultValueFactory = _ => 100_000,
};
var rounds = new Option<int>("--rounds")
{
    Description = "How often everything is measured.",
    DefaultValueFactory = _ => 3,
};

var sync = new Command("sync", "First sync, deltas, held connections, time from publish to event.");
sync.SetAction(
    (parsed, ct) =>
        RunAsync(
            "sync",
            (newsrooms, report) =>
                SyncBench.RunAsync(newsrooms, report, parsed.GetValue(articles), parsed.GetValue(rounds), ct),
            ct
        )
);

var corpus = new Command("corpus", "Only makes the newsroom, and prints how to reach it until Ctrl-C.");
corpus.SetAction(
    (parsed, ct) => RunAsync(null, (newsrooms, _) => newsrooms.HoldAsync(parsed.GetValue(articles), ct), ct)
);

var bare = new Command(BareServer.Command, "The baseline, as a process of its own.") { Hidden = true };
bare.SetAction((_, ct) => BareServer.RunAsync(ct));

foreach (var option in (Option[])[articles, rounds])
{
    sync.Options.Add(option);
    corpus.Options.Add(option);
}
return await new RootCommand("Measures the server.") { sync, corpus, bare }
    .Parse(args)
    .InvokeAsync();

static async Task RunAsync(string? subject, Func<Newsrooms, Report, Task> measure, CancellationToken ct)
{
    if (!OperatingSystem.IsLinux())
        throw new PlatformNotSupportedException(
            "What a process takes is read from /proc: run this on Linux."
        );
    var folder = Path.GetFullPath(Path.Combine("artifacts", "bench"));
    Directory.CreateDirectory(folder);
    await using var newsrooms = await Newsrooms.OpenAsync(folder, ct);
    var report = new Report();
    await measure(newsrooms, report);
    if (subject is null)
        return;
    var file = Path.Combine(folder, subject + ".md");
    await File.WriteAllTextAsync(file, report.Text, ct);
    Console.WriteLine($"Written to {Path.GetRelativePath(Environment.CurrentDirectory, file)}");
}
