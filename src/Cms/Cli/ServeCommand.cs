using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Cms.Access;
using Cms.Changes;
using Cms.Demo;
using Cms.Editorial.Images;
using Cms.Hosting;
using Cms.Hosting.Connections;
using Cms.Platform.Postgres;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Npgsql;

namespace Cms.Cli;

/// <summary><c>cms serve</c>: the server, with all that it needs to stand on.</summary>
internal static class ServeCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    public static Command Create()
    {
        var urls = new Option<string?>("--urls")
        {
            Description =
                $"Addresses to listen on, with semicolons between. Default: {DefaultUrl}, or ASPNETCORE_URLS.",
            HelpName = "URLS",
        };
        var data = CommonOptions.Data();
        var noDemo = new Option<bool>("--no-demo")
        {
            Description = "Do not load the demo newsroom on the first start.",
        };
        var command = new Command("serve", "Migrates the database and serves the API.")
        {
            urls,
            data,
            noDemo,
        };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(() =>
                    ServeAsync(
                        parsed.GetValue(urls),
                        parsed.GetValue(data),
                        demo: !parsed.GetValue(noDemo),
                        ct
                    )
                )
        );
        return command;
    }

    private static async Task ServeAsync(string? urls, DirectoryInfo? data, bool demo, CancellationToken ct)
    {
        IoThreads.Prepare();
        await using var newsroom = await Newsroom.OpenAsync(data, ct);
        var url = urls ?? Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? DefaultUrl;
        await using var postgres = newsroom.OpenDatabase();
        // Most of a start is code that is compiled because it runs for the first time: the half that speaks to the
        // database beside the other. It only reads, for nothing may be migrated by a server whose settings turn out to
        // be wrong.
        var reached = Task.Run(() => postgres.FindAsync<int>("select @one", new { one = 1 }, ct), ct);
        await using var app = await CreateAsync(reached, url, postgres, newsroom.MediaDirectory);
        await Migrator.MigrateAsync(postgres, ct);
        await CmsHost.LoadAsync(app, ct);
        if (newsroom.IsEmbedded)
            await FirstStartAsync(newsroom, app.Services, demo, ct);

        await ListenAsync(app, url, ct);
        WriteWelcome(app, newsroom);
        var stopped = app.WaitForShutdownAsync(ct);
        if (
            newsroom.ClusterExited is { } exited
            && await Task.WhenAny(stopped, exited) == exited
            && !exited.IsCanceled
        )
        {
            await app.StopAsync(CancellationToken.None);
            throw new CommandException(
                "The private PostgreSQL stopped by itself. Its last words: "
                    + string.Join(Environment.NewLine, (await exited).LastLines)
            );
        }
        await stopped;
    }

    private static async Task<WebApplication> CreateAsync(
        Task reached,
        string url,
        NpgsqlDataSource postgres,
        string mediaDirectory
    )
    {
        WebApplication app;
        try
        {
            app = CmsHost.Create(["--urls", url], postgres, mediaDirectory);
        }
        catch
        {
            // What is wrong with the settings is to be said, whatever is wrong with the database.
            await reached.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        try
        {
            await reached;
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts all of it or nothing: what works in the background has begun when the address turns out to be taken.
    /// </summary>
    private static async Task StartAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task ListenAsync(WebApplication app, string url, CancellationToken ct)
    {
        try
        {
            await StartAsync(app, ct);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new CommandException($"{e.Message} Stop what uses it, or choose another with --urls.");
        }
        // What Kestrel finds wrong with an address it says in many ways.
        catch (Exception e)
            when (e
                    is IOException
                        or SocketException
                        or FormatException
                        or ArgumentException
                        or InvalidOperationException
            )
        {
            var cause = e.Message.ReplaceLineEndings(" ");
            throw new CommandException($"The server cannot listen on {url}: {cause}");
        }
    }

    /// <summary>
    /// What a private newsroom gets once: the demo, and a key to begin with. Each step is marked when done, so a start
    /// that was cut short goes on.
    /// </summary>
    private static async Task FirstStartAsync(
        Newsroom newsroom,
        IServiceProvider services,
        bool demo,
        CancellationToken ct
    )
    {
        var postgres = services.GetRequiredService<NpgsqlDataSource>();
        var clock = services.GetRequiredService<TimeProvider>();
        if (
            await postgres.FindAsync<string>(
                "select value from settings where name = 'first-start'",
                new { },
                ct
            )
            is not null
        )
            return;
        if (demo)
            await new DemoNewsroom(
                services.GetRequiredService<ChangeLog>(),
                services.GetRequiredService<ImageLibrary>(),
                clock
            ).LoadAsync(ct);
        var key = await postgres.InTransactionAsync(
            transaction =>
                Keys.CreateAsync(
                    transaction,
                    new KeyInput { Name = "First admin", Role = Role.Admin },
                    clock.GetUtcNow(),
                    ct
                ),
            ct
        );
        await Newsroom.WritePrivateAsync(newsroom.AdminKeyFile, key.Token + "\n", ct);
        await postgres.ExecuteAsync(
            "insert into settings (name, value) values ('first-start', @at)",
            new { at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) },
            ct
        );
    }

    private static void WriteWelcome(WebApplication app, Newsroom newsroom)
    {
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        Console.WriteLine("Cms is serving.");
        Console.WriteLine($"  API        {address}/v1/articles");
        Console.WriteLine($"  Docs       {address}/docs");
        if (newsroom.IsEmbedded)
        {
            Console.WriteLine($"  Data       {newsroom.DataDirectory}");
            if (File.Exists(newsroom.AdminKeyFile))
                Console.WriteLine($"  Admin key  {newsroom.AdminKeyFile}");
        }
        Console.WriteLine($"  Limits     {LimitsOf(app)}");
        Console.WriteLine("Press Ctrl-C to stop.");
    }

    private static string LimitsOf(WebApplication app)
    {
        var bounds = app.Services.GetRequiredService<ConnectionBounds>();
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{bounds.Connections} connections, {bounds.PerAddress} of one address"
            )
            + (
                OpenFileLimit.Raise() is { } files
                    ? string.Create(CultureInfo.InvariantCulture, $"; {files} open files")
                    : ""
            );
    }
}
