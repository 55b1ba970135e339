using System.CommandLine;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Delivery;
using Cms.Benchmarks.Harness;
using Cms.Benchmarks.Images;
using Cms.Benchmarks.Pieces;
using Cms.Benchmarks.Plans;
using Cms.Benchmarks.Sync;
using Cms.Benchmarks.Writes;

// scripts/bench: measures the server as its clients meet it, beside something bare that does as much work with nothing
// in it.

const string Published = "tests/Cms.Benchmarks/results";

var large = Count("--articles", 1_000_000, "How many published articles the large newsroom has.");
var small = Count("--small", 10_000, "How many the small one has.");
var deliveryRounds = Count("--rounds", 5, "How often everything is measured.");
var seconds = Count("--seconds", 3, "How long each time.");
var publish = new Option<bool>("--publish") { Description = $"Copies what is found to {Published}." };
var only = new Option<string>("--only") { Description = "One part of it; the others are not measured." };
only.AcceptOnlyFromAmong([.. DeliveryBench.PartNames]);
var delivery = new Command("delivery", "Lists, articles and search, from memory and from the database.")
{
    large,
    small,
    deliveryRounds,
    seconds,
    publish,
    only,
};
delivery.SetAction(
    async (parsed, ct) =>
    {
        var folder = Folder();
        await RunAsync(
            "delivery",
            (newsrooms, report) =>
                DeliveryBench.RunAsync(
                    newsrooms,
                    report,
                    folder,
                    parsed.GetValue(large),
                    parsed.GetValue(small),
                    new(parsed.GetValue(deliveryRounds), parsed.GetValue(seconds)),
                    parsed.GetValue(only),
                    ct
                ),
            ct
        );
        if (!parsed.GetValue(publish))
            return;
        var part = parsed.GetValue(only);
        (string From, string To)[] files = part is null
            ? [("delivery.md", "delivery.md"), ("delivery.svg", "delivery.svg")]
            : [("delivery.md", $"delivery-{part}.md")];
        Publish(folder, files);
    }
);

var written = Count(
    "--articles",
    10_000,
    "How many published articles the large newsroom has; more than --small: both are measured."
);
var writtenFew = Count("--small", 10_000, "How many the small one has.");
var writeRounds = Count("--rounds", 3, "How often everything is measured.");
var writeSeconds = Count("--seconds", 2, "How long each act each time.");
var writePart = new Option<string>("--only") { Description = "One part of it; the others are not measured." };
writePart.AcceptOnlyFromAmong([.. WritesBench.PartNames]);
var writes = new Command(
    "writes",
    "Create, change, publish, unpublish and rename, beside the same rows written by hand."
)
{
    written,
    writtenFew,
    writeRounds,
    writeSeconds,
    publish,
    writePart,
};
writes.SetAction(
    async (parsed, ct) =>
    {
        var part = parsed.GetValue(writePart);
        await RunAsync(
            "writes",
            (newsrooms, report) =>
                WritesBench.RunAsync(
                    newsrooms,
                    report,
                    parsed.GetValue(written),
                    parsed.GetValue(writtenFew),
                    new(parsed.GetValue(writeRounds), parsed.GetValue(writeSeconds)),
                    part,
                    ct
                ),
            ct
        );
        if (parsed.GetValue(publish))
            Publish(Folder(), ("writes.md", part is null ? "writes.md" : $"writes-{part}.md"));
    }
);

var articles = Count("--articles", 100_000, "How many published articles the newsroom has.");
var rounds = Count("--rounds", 3, "How often everything is measured.");
var sync = new Command("sync", "First sync, deltas, held connections, time from publish to event.")
{
    articles,
    rounds,
};
sync.SetAction(
    (parsed, ct) =>
        RunAsync(
            "sync",
            (newsrooms, report) =>
                SyncBench.RunAsync(newsrooms, report, parsed.GetValue(articles), parsed.GetValue(rounds), ct),
            ct
        )
);

var few = Count("--articles", 20_000, "How many published articles the newsroom has.");
var streamRounds = Count("--rounds", 3, "How often it is measured, with streams and without.");
var streamCount = Count("--streams", 3_000, "How many streams are open.");
var scopes = Count("--scopes", 300, "How many different selections they follow.");
var streams = new Command("streams", "What event streams cost those who read and those who publish.")
{
    few,
    streamRounds,
    streamCount,
    scopes,
};
streams.SetAction(
    (parsed, ct) =>
        RunAsync(
            "streams",
            (newsrooms, report) =>
                StreamsBesideReaders.RunAsync(
                    newsrooms,
                    report,
                    parsed.GetValue(few),
                    parsed.GetValue(streamCount),
                    parsed.GetValue(scopes),
                    parsed.GetValue(streamRounds),
                    ct
                ),
            ct
        )
);

var imageRounds = Count("--rounds", 5, "How often everything is measured.");
var imageSeconds = Count("--seconds", 3, "How long each load each time.");
var images = new Command("images", "Renditions: made beside vipsthumbnail, sent beside nginx.")
{
    imageRounds,
    imageSeconds,
    publish,
};
images.SetAction(
    async (parsed, ct) =>
    {
        await RunAsync(
            "images",
            (newsrooms, report) =>
                ImagesBench.RunAsync(
                    newsrooms,
                    report,
                    articles: 1_000,
                    new(parsed.GetValue(imageRounds), parsed.GetValue(imageSeconds)),
                    ct
                ),
            ct
        );
        if (parsed.GetValue(publish))
            Publish(Folder(), ("images.md", "images.md"));
    }
);

var quick = new Option<bool>("--quick") { Description = "Three short runs of each: a look, no figure." };
var pieces = new Command("pieces", "What requests are made of, one by one, with what it allocates.")
{
    quick,
};
pieces.SetAction(parsed => PieceBench.Run(Folder(), parsed.GetValue(quick)));

var kept = new Option<string?>("--folder")
{
    Description = "Where newsrooms are kept; artifacts/bench if not said.",
};
var asIf = Count("--as-if", 0, "Plans as for so many, where the newsroom has fewer.");
var plans = new Command(
    "plans",
    "Whether every statement of delivery and of the desk is planned as it should be."
)
{
    large,
    asIf,
    kept,
};
plans.SetAction(
    async (parsed, ct) =>
    {
        var log = new PlanLog();
        await using var newsrooms = await Newsrooms.OpenAsync(
            parsed.GetValue(kept) ?? Folder(),
            ct,
            log.Take
        );
        return
            await PlanBench.RunAsync(
                newsrooms,
                log,
                new Report(),
                parsed.GetValue(large),
                parsed.GetValue(asIf),
                ct
            ) == 0
            ? 0
            : 1;
    }
);

var corpus = new Command("corpus", "Only makes the newsroom, and prints how to reach it until Ctrl-C.")
{
    articles,
};
corpus.SetAction(
    (parsed, ct) => RunAsync(null, (newsrooms, _) => newsrooms.HoldAsync(parsed.GetValue(articles), ct), ct)
);

var recorded = new Option<string?>("--recorded");
var port = new Option<int>("--port");
var bare = new Command(BareServer.Command, "The baseline, as a process of its own.") { recorded, port };
bare.Hidden = true;
bare.SetAction((parsed, ct) => BareServer.RunAsync(parsed.GetValue(recorded), parsed.GetValue(port), ct));

var byHand = new Command(ByHand.Command, "The baseline with a database behind it.") { Hidden = true };
byHand.SetAction((_, ct) => ByHand.RunAsync(ct));

return await new RootCommand("Measures the server.")
{
    delivery,
    writes,
    sync,
    streams,
    images,
    pieces,
    plans,
    corpus,
    bare,
    byHand,
}
    .Parse(args)
    .InvokeAsync();

static Option<int> Count(string name, int value, string description) =>
    new(name) { Description = description, DefaultValueFactory = _ => value };

static string Folder() =>
    Directory.CreateDirectory(Path.GetFullPath(Path.Combine("artifacts", "bench"))).FullName;

static void Publish(string folder, params IEnumerable<(string From, string To)> files)
{
    Directory.CreateDirectory(Published);
    foreach (var (from, to) in files)
        File.Copy(Path.Combine(folder, from), Path.Combine(Published, to), overwrite: true);
    Console.WriteLine($"Copied to {Published}");
}

static async Task RunAsync(string? subject, Func<Newsrooms, Report, Task> measure, CancellationToken ct)
{
    if (!OperatingSystem.IsLinux())
        throw new PlatformNotSupportedException(
            "What a process takes is read from /proc: run this on Linux."
        );
    var folder = Folder();
    await using var newsrooms = await Newsrooms.OpenAsync(folder, ct);
    var report = new Report();
    await measure(newsrooms, report);
    if (subject is null)
        return;
    var file = Path.Combine(folder, subject + ".md");
    await File.WriteAllTextAsync(file, report.Text, ct);
    Console.WriteLine($"Written to {Path.GetRelativePath(Environment.CurrentDirectory, file)}");
}
