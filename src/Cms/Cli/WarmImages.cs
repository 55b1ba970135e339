using System.CommandLine;
using System.Diagnostics.Metrics;
using Cms.Hosting;
using Cms.Images.Renditions;
using Cms.Platform.Http.Load;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Renditions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cms.Cli;

/// <summary><c>cms images warm</c>: makes the usual renditions ahead; also while the server runs.</summary>
internal static class WarmImages
{
    public static Command Create()
    {
        var images = new Argument<Guid[]>("image")
        {
            Description = "Ids of images. Default: all that are published, the newest first.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var crops = new Option<bool>("--crops") { Description = "Makes the named crops as well." };
        var data = CommonOptions.Data();
        var command = new Command(
            "warm",
            "Makes the renditions that pages usually need, so that no reader waits for them. Those that are there "
                + "are left as they are."
        )
        {
            images,
            crops,
            data,
        };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(() =>
                    WarmAsync(
                        parsed.GetValue(images) ?? [],
                        parsed.GetValue(crops),
                        parsed.GetValue(data),
                        ct
                    )
                )
        );
        return command;
    }

    private static async Task WarmAsync(
        Guid[] images,
        bool hasCrops,
        DirectoryInfo? data,
        CancellationToken ct
    )
    {
        var options = CmsOptions.Read(CommonOptions.Configuration());
        MediaUrl.Configure(options.OriginOfMedia(), new RenditionRules(options.WidthsOfRenditions()).Widths);
        await using var newsroom = await Newsroom.OpenBesideServerAsync(data, ct);
        await using var postgres = newsroom.OpenDatabase();
        await Migrator.MigrateAsync(postgres, ct);
        var clock = TimeProvider.System;
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var admission = new Admission(
            AdmissionBounds.Of(Database.PoolOf(postgres), 0, 0, 0, 0, Timeout.InfiniteTimeSpan),
            clock,
            services.GetRequiredService<IMeterFactory>()
        );
        using var store = CmsHost.OpenRenditions(options, newsroom.MediaDirectory, clock);
        var renditions = new UsualRenditions(
            new KnownOriginals(postgres, admission, clock, hearsChanges: () => false),
            new RenditionLibrary(
                newsroom.OpenImages(),
                store,
                admission,
                NullLogger<RenditionLibrary>.Instance
            )
        );

        if (images.Length == 0)
            images = [.. await postgres.ListAsync<Guid>(SelectPublished, new { }, ct)];
        var made = 0;
        using (var bar = new ProgressBar(images.Length))
            for (var i = 0; i < images.Length; i++)
            {
                bar.Show(i, $"{made} renditions made");
                made += await renditions.MakeAsync(images[i], hasCrops, ct);
                bar.Show(i + 1, $"{made} renditions made");
            }
        Console.WriteLine($"Made {made} renditions of {images.Length} images; all others were there.");
    }

    private const string SelectPublished = "select id from published_images order by id desc";
}
