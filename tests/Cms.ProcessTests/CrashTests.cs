using System.Security.Cryptography;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>
/// The server killed in the middle of its work: what it has acknowledged is there, and nothing is there by half.
/// </summary>
public sealed class CrashTests(Newsrooms newsrooms)
{
    private const int Editors = 4;
    private const int Writes = 200;

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_in_the_middle_of_writes()
    {
        var data = await newsrooms.SeededAsync();
        var ledger = new Ledger();
        var server = await CmsProcess.ServeAsync(data);
        foreach (var (at, alsoPostgres) in ((int, bool)[])[(17, false), (73, false), (139, true)])
        {
            var postgres = server.PostgresId;
            var before = ledger.Acknowledged;
            await ledger.WorkAsync(
                server,
                $"round-{at}",
                Editors,
                Writes,
                number =>
                {
                    if (number != before + at)
                        return;
                    server.Signal(Signals.Kill);
                    if (alsoPostgres)
                        Signals.Send(postgres, Signals.Kill);
                }
            );
            await server.DisposeAsync();
            Assert.InRange(ledger.Acknowledged - before, at, Writes - 1);

            server = await CmsProcess.ServeAsync(data);
            await ledger.IsKeptAsync(server);
            await NothingIsThereByHalfAsync(server);
        }
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_first_start_that_was_killed_is_made_whole_by_the_next()
    {
        var data = newsrooms.NewData();
        var media = Path.Combine(data, "media");
        await using (var first = CmsProcess.Start(["serve", "--urls", "http://127.0.0.1:0"], data: data))
        {
            // Its files are written in the middle of the transaction that loads the demo.
            await Wait.UntilAsync(
                "some pictures",
                () =>
                    Directory.Exists(media)
                    && Directory.EnumerateFiles(media, "*", SearchOption.AllDirectories).Count() >= 5
            );
            await first.KillAsync();
        }

        await using var next = await CmsProcess.ServeAsync(data);

        await DemoChecks.IsWholeAsync(next);
        await NothingIsThereByHalfAsync(next);
    }

    private static async Task NothingIsThereByHalfAsync(CmsProcess server)
    {
        var database = Sql.Of(server);
        foreach (var half in Halves.Queries)
            Assert.Empty(await Sql.ColumnAsync<string>(database, half));

        var media = Path.Combine(server.Data!, "media");
        foreach (
            var hash in await Sql.ColumnAsync<string>(
                database,
                """
                select encode(sha256, 'hex') from image_files f
                where exists (select from images i where i.sha256 = f.sha256)
                """
            )
        )
        {
            await using var file = File.OpenRead(Path.Combine(media, hash[..2], hash[2..4], hash));
            Assert.Equal(
                hash,
                Convert.ToHexStringLower(
                    await SHA256.HashDataAsync(file, TestContext.Current.CancellationToken)
                )
            );
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(media, ".incoming")));
    }
}
