using System.Diagnostics;
using System.Globalization;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// Writers do whatever comes to their minds while clients of all kinds follow, and some are killed. In the end every
/// copy is what delivery answers, entity by entity; on the way there nothing ever dangles, and nothing is seen that is
/// not for readers.
/// </summary>
public sealed class ConvergenceTests(Newsrooms newsrooms, ITestOutputHelper output)
{
    /// <summary>The choices of an earlier run; who comes first stays chance.</summary>
    private const string Seed = "CMS_TEST_SEED";

    private const int WriterCount = 8;

    [Fact]
    public Task Every_copy_converges_with_one_server()
    {
        Depth.IsDeep();
        return RunAsync(servers: 1, outages: 0);
    }

    [Fact]
    public Task Every_copy_converges_with_two_servers()
    {
        Depth.IsDeep();
        return RunAsync(servers: 2, outages: 0);
    }

    [Fact]
    public Task Every_copy_converges_though_servers_and_the_database_are_killed() =>
        RunAsync(servers: 2, outages: Depth.IsLong ? 5 : 1);

    private async Task RunAsync(int servers, int outages)
    {
        var seed = Environment.GetEnvironmentVariable(Seed) is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        var acts = Depth.IsLong ? 20_000 : 76;
        Say($"seed {seed} ({Seed}): {acts} acts, {servers} servers, {outages} times all are killed");
        Random Dice(int whose) => new(unchecked((seed * 31) + (whose * 7_919)));

        await using var postgres = await newsrooms.OwnAsync();
        await using var nodes = await Nodes.StartAsync(
            postgres.Newsroom,
            newsrooms.NewData(),
            servers,
            postgres.Token
        );

        var clock = new ActClock(acts);
        var world = new World();
        var writers = new Writers
        {
            World = world,
            Nodes = nodes,
            Clock = clock,
            MostArticles = Depth.IsLong ? 250 : 50,
            Outages = outages > 0,
        };
        await writers.OpenAsync(Dice(0), sections: 8, authors: 6, images: 8, articles: 8);
        var sections = world.Sections.All();
        SyncClient[] clients =
        [
            .. Habits(sections).Select((h, i) => new SyncClient(h, nodes, clock, Dice(100 + i))),
        ];

        var watch = Stopwatch.StartNew();
        var following = Task.WhenAll(clients.Select(c => c.FollowAsync()));
        var working = Task.WhenAll(
            Enumerable
                .Range(0, WriterCount)
                .Select(w => writers.WorkAsync(Dice(200 + w), isAdmin: w % 2 == 0))
        );
        var trouble = TroubleAsync();
        await FirstFaultAsync(working, trouble, following);
        await nodes.AllReadyAsync();
        await writers.CaptionAllAsync();
        var last = await nodes.SettleAsync();
        clock.End();
        await following;
        var worked = watch.Elapsed;
        foreach (var client in clients)
            await client.FinishAsync(last);

        Say($"{clock.Acts} acts in {worked.TotalSeconds:0.0} s: {writers.Summary}");
        foreach (var client in clients)
            Say(client.Summary);
        var delivered = await Delivered.ReadAsync(nodes.At(0, null), nodes.At(0, nodes.Reader));
        Say($"delivered: {delivered.Summary}");
        // Else nothing would be compared. How many there are is up to the dice: what is withdrawn is as random as what
        // is written.
        Assert.NotEqual(0, delivered.Articles);
        foreach (var client in clients)
        {
            var differences = await delivered.DifferencesAsync(client.Habits, client.Copy);
            Assert.True(
                differences.Count == 0,
                $"{client.Habits.Name} (seed {seed}):\n  {string.Join("\n  ", differences.Take(20))}"
            );
        }
        await writers.AllIsKeptAsync();
        Say($"compared after {watch.Elapsed.TotalSeconds:0.0} s");

        // One server is killed, then the database, then the other server, while all go on.
        async Task TroubleAsync()
        {
            var kills = outages * 3;
            for (var kill = 1; kill <= kills; kill++)
            {
                await clock.ReachAsync(acts * kill / (kills + 1));
                if (kill % 3 == 2)
                {
                    await postgres.KillAsync();
                    await postgres.StartAsync();
                }
                else
                {
                    var node = kill % 3 % servers;
                    await nodes.KillAsync(node);
                    await nodes.StartAsync(node);
                }
                await nodes.AllReadyAsync();
            }
        }
    }

    /// <summary>Of different scopes, speeds and fates.</summary>
    private static IEnumerable<Habits> Habits(string[] sections) =>
        [
            new("everything, as blocks") { Sleep = 3 },
            new("everything, as HTML, with a key")
            {
                Body = "html",
                HasKey = true,
                Kills = 20,
            },
            new("everything, seven at a time, with a key")
            {
                Limit = 7,
                HasKey = true,
                Sleep = 20,
                KeepsEvery = 3,
            },
            new("one section, with a key")
            {
                Sections = [sections[0]],
                HasKey = true,
                Sleep = 0,
                StartsAnew = 3,
            },
            new("two sections, which may be one below the other")
            {
                Sections = [sections[1], sections[2]],
                HasKey = true,
                Limit = 11,
                KeepsEvery = 4,
                Kills = 15,
            },
            new("three sections, without a key, as Markdown")
            {
                Sections = [sections[3], sections[0], sections[4]],
                Body = "markdown",
                Sleep = 40,
            },
            new("articles and images only")
            {
                Types = ["article", "image"],
                Body = "none",
                Sleep = 30,
                StartsAnew = 10,
            },
            new("line by line")
            {
                Wire = Wire.Lines,
                Body = "text",
                Limit = 23,
                Sleep = 10,
            },
            new("line by line, one section, asleep most of the time")
            {
                Wire = Wire.Lines,
                Sections = [sections[5]],
                HasKey = true,
                Sleep = 200,
            },
            new("events")
            {
                Wire = Wire.Events,
                HasKey = true,
                Kills = 3,
            },
            new("events of two sections, without a key")
            {
                Wire = Wire.Events,
                Sections = [sections[6], sections[1]],
                KeepsEvery = 5,
                Kills = 3,
            },
            new("long polls of a section")
            {
                Wire = Wire.LongPolls,
                Sections = [sections[7]],
                HasKey = true,
                Sleep = 0,
            },
        ];

    /// <summary>Waits for the first two; a client that fails meanwhile ends all.</summary>
    private static async Task FirstFaultAsync(Task working, Task trouble, Task following)
    {
        var done = Task.WhenAll(working, trouble);
        if (await Task.WhenAny(done, following) == following)
            await following;
        await done;
    }

    private void Say(string line) => output.WriteLine(line);
}
