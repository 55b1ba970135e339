using Cms.Access;
using Cms.Access.People;
using Cms.Changes;
using Cms.Delivery.Articles;
using Cms.Delivery.Caching;
using Cms.Delivery.Reading;
using Cms.Delivery.Sync;
using Cms.Delivery.Sync.Streams;
using Cms.Desk;
using Cms.Docs;
using Cms.Editorial;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Bodies;
using Cms.Editorial.Batch;
using Cms.Editorial.Images;
using Cms.Editorial.Images.Uploading;
using Cms.Editorial.Live;
using Cms.Editorial.Schedules;
using Cms.Editorial.Upkeep;
using Cms.Editorial.Workflow.Checks;
using Cms.Hosting.Connections;
using Cms.Images;
using Cms.Images.Renditions;
using Cms.Images.Storage;
using Cms.Operations;
using Cms.Platform;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Streams;
using Cms.Platform.Lists;
using Cms.Platform.OpenApi;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Renditions;
using Cms.Webhooks;
using Cms.Webhooks.Delivering;
using FastEndpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration.Memory;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Cms.Hosting;

/// <summary>
/// Puts the server together: services, then the pipeline in the order in which a request goes through it.
/// </summary>
internal static class CmsHost
{
    /// <summary>The largest JSON body; images have a limit of their own.</summary>
    public const int MaxJsonBytes = 2 * 1024 * 1024;

    // The console is for the welcome, and for what goes wrong. Configuration (Logging:LogLevel:…) has the last word.
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:FastEndpoints"] = "Warning",
        // It would log each bad key; ours are sampled.
        ["Logging:LogLevel:Cms.Access.ApiKeyAuthentication"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore.Authentication.JwtBearer"] = "None",
        // Not even what could be critical: for that it makes a trace and a scope of each request, which cost more than
        // an answer from memory.
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
        // Its errors are those of a start that failed, which the command line tells in a sentence.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
    };

    /// <param name="args">Configuration as on a command line, such as <c>--urls</c>.</param>
    /// <param name="postgres">The database, which remains the caller's. It must have been migrated before the server is
    /// started.</param>
    /// <param name="mediaDirectory">Where image files are kept, unless configured.</param>
    /// <param name="configure">The last word on the builder: for tests.</param>
    public static WebApplication Create(
        string[] args,
        NpgsqlDataSource postgres,
        string mediaDirectory,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory }
        );
        var options = CmsOptions.Read(builder.Configuration);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxJsonBytes;
            // Three filters of fifty slugs each are longer than the 8 KiB of the default.
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            // Whoever takes longer for a header of a few hundred bytes only holds the connection. Bodies and answers
            // must flow at 240 bytes a second after five seconds (Kestrel's own bounds): a phone in a tunnel does so,
            // and who reads nothing at all is cut off.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            // Connections are bounded where they are accepted (ConnectionGate).
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(Lingering.Use));
        });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Quiet });
        AddServices(builder, options, postgres, mediaDirectory);
        configure?.Invoke(builder);

        var app = builder.Build();
        Use(app);
        return app;
    }

    private static void AddServices(
        WebApplicationBuilder builder,
        CmsOptions options,
        NpgsqlDataSource postgres,
        string mediaDirectory
    )
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddCurrentContext();
        services.AddSingleton(postgres);
        services.AddSingleton(new Replicas(builder.Configuration.GetConnectionString("CmsReplica")));
        services.AddSingleton<DeliveryDatabase>();
        services.AddHostedService<ReplicaWatch>();
        services.AddSingleton<Cursors>();
        services.AddSingleton<SyncCursors>();
        services.AddSingleton<KnownSections>();
        services.AddSingleton<ChangeReader>();
        services.AddSingleton<SharedFeed>();
        services.AddHostedService(services => services.GetRequiredService<SharedFeed>());
        services.AddSingleton(
            new FeedBounds(options.MaxStreams, options.MaxStreamsPerAddress, options.MaxStreamScopes)
        );
        services.AddSingleton<FeedPlaces>();
        services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<BytesInFlight>(services, options.SyncMegabytes * 1024L * 1024L)
        );
        services.AddSingleton<Feed>();
        services.AddSingleton<DeskFeed>();
        services.AddSingleton<DeskPlaces>();
        services.AddSingleton<DeskWatch>();
        services.AddHostedService(services => services.GetRequiredService<DeskWatch>());
        services.AddSingleton<LiveDesk>();
        services.AddSingleton(new Heartbeat(TimeSpan.FromSeconds(options.HeartbeatSeconds)));
        services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<KeyWatch>(
                services,
                TimeSpan.FromSeconds(options.HeartbeatSeconds)
            )
        );
        services.AddHostedService(services => services.GetRequiredService<KeyWatch>());
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton<Generations>();
        services.AddSingleton<KnownNames>();
        services.AddSingleton(new ArticleKinds(options.ArticleKinds));
        services.AddSingleton<FilterNames>();
        services.AddSingleton<ArticlePages>();
        services.AddSingleton<ChangeLog>();
        services.AddSingleton<DeskDoor>();
        services.AddSingleton(
            new ChangeRetention(TimeSpan.FromDays(options.DeletionDays), TimeSpan.FromDays(options.EventDays))
        );
        services.AddSingleton(services =>
            AdmissionBounds.Of(
                Database.PoolOf(services.GetRequiredService<NpgsqlDataSource>()),
                options.ConcurrentReads,
                options.ConcurrentEdits,
                options.ConcurrentSyncs,
                options.MaxWaiting,
                TimeSpan.FromSeconds(options.LongestWait)
            )
        );
        services.AddSingleton<Admission>();
        services.AddSingleton<BodyParsing>();
        services.AddSingleton(new PublishPolicy(options.RequiredToPublish));
        services.AddSingleton(
            new NextChange
            {
                Horizon = TimeSpan.FromSeconds(
                    (long)options.MaxAge + options.StaleWhileRevalidate + options.StaleIfError
                ),
            }
        );
        services.AddSingleton<Scheduling>();
        services.AddSingleton<ArticleDesk>();
        services.AddSingleton<BatchRun>();
        services.AddHostedService<ScheduleClock>();
        services.AddSingleton(
            new ExternalHosts(HostsOf(options.ExternalImageHosts), HostsOf(options.EmbedHosts))
        );
        AddMetrics(services, options);
        services.AddHostedService<ChangeListener>();
        services.AddHostedService<ChangeHousekeeping>();
        services.AddHostedService<SearchIndexing>();
        services.AddHostedService<SearchVocabulary>();
        services.AddHostedService<WaitingWords>();
        services.AddHostedService<TeaserPictures>();
        services.AddHostedService<MadeExcerpts>();
        services.AddSingleton<PicturePreviews>();
        services.AddHostedService(services => services.GetRequiredService<PicturePreviews>());
        AddWebhooks(services, options);
        services.AddSingleton(_ => ImageStores.Originals(options, mediaDirectory));
        if (options.MediaStore is null)
        {
            services.AddSingleton(services => (MediaStore)services.GetRequiredService<FileStore>());
            services.AddHostedService<MediaPrivacy>();
        }
        services.AddSingleton(services =>
            OpenRenditions(options, mediaDirectory, services.GetRequiredService<TimeProvider>())
        );
        services.AddHostedService<RenditionSweep>();
        var renditions = new RenditionRules(options.WidthsOfRenditions(), options.RoundRenditions);
        services.AddSingleton(renditions);
        services.AddSingleton(new RenditionSignatures(options.SigningSecrets));
        MediaUrl.Configure(options.OriginOfMedia(), renditions.Widths);
        SiteAddress.Configure(options.OriginOfSite(), options.PathsOfSite());
        services.AddSingleton<OriginalFiles>();
        services.AddSingleton<RenditionLibrary>();
        services.AddSingleton(services =>
        {
            var signal = services.GetRequiredService<ChangeSignal>();
            var known = ActivatorUtilities.CreateInstance<KnownOriginals>(
                services,
                (Func<bool>)(() => signal.IsLive)
            );
            signal.Invalidate += known.Invalidate;
            return known;
        });
        services.AddSingleton<UsualRenditions>();
        services.AddSingleton<HeroRenditions>();
        if (options.WarmRenditions)
            services.AddHostedService(services => services.GetRequiredService<HeroRenditions>());
        services.AddSingleton<ImageLibrary>();
        services.AddSingleton(new ImageFetchPolicy { AllowPrivate = options.ImagesFromPrivate });
        services.AddSingleton<ImageFetch>();
        services.AddSingleton<ImageIntake>();
        services.AddSingleton<FileSweep>();
        services.AddSingleton(
            new CachePolicy(
                TimeSpan.FromSeconds(options.MaxAge),
                TimeSpan.FromSeconds(options.StaleWhileRevalidate),
                TimeSpan.FromSeconds(options.StaleIfError)
            )
        );
        services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<ResponseCache>(services, options.CacheMegabytes * 1024L * 1024L)
        );
        services.AddSingleton(
            new GuideTables(
                new Dictionary<string, string>
                {
                    ["settings"] = SettingsTable.Markdown(),
                    ["problems"] = ProblemTable.Markdown(),
                }
            )
        );
        services.AddSingleton<GuidePages>();
        services.AddEditorialReferences();
        services.AddReferenceCheck<KeyInput>(
            (search, key, ct) => Keys.FindFaultsAsync(search.Transaction, key, search.At, search.Faults, ct)
        );
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        services.AddFastEndpoints(o =>
        {
            o.DisableAutoDiscovery = true;
            o.Assemblies = [typeof(CmsHost).Assembly];
        });
        // Not AddAuthentication: it would keep a ring of keys in the user's home, for cookies that are not set here.
        services.AddAuthenticationCore(o => o.DefaultScheme = ApiKeyAuthentication.SchemeName);
        services.AddWebEncoders();
        var schemes = new AuthenticationBuilder(services);
        schemes.AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(
            ApiKeyAuthentication.SchemeName,
            scheme =>
                scheme.ForwardDefaultSelector = options.Tokens is null ? null : TokenAuthentication.SchemeOf
        );
        if (options.Tokens is { } tokens)
        {
            services.AddSingleton(tokens);
            services.AddSingleton<ProviderKeys>();
            services.AddSingleton<TokenAuthentication>();
            // Not AddJwtBearer: it asks for what only AddAuthentication adds.
            schemes.AddScheme<JwtBearerOptions, JwtBearerHandler>(TokenAuthentication.SchemeName, null);
            services
                .AddOptions<JwtBearerOptions>(TokenAuthentication.SchemeName)
                .Configure<TokenAuthentication>((scheme, people) => people.Configure(scheme));
        }
        services.AddSingleton<BadKeys>();
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefuseForbidden>();
        services.AddSingleton<RefusedActs>();
        services.AddHostedService(services => services.GetRequiredService<RefusedActs>());
        services.AddSingleton<AuditLog>();
        services.AddSingleton<KeptAnswers>();
        services.AddHostedService<KeptAnswersHousekeeping>();
        services.AddCors();
        services.AddSingleton<ICorsPolicyProvider>(new CorsBySurface(options.EditorialOrigins));
        services.AddSingleton<IResponseCompressionProvider, ContentCodingProvider>();
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true; // nothing secret shares an answer with what a stranger can choose
            o.MimeTypes = ContentCoding.MediaTypes;
        });
        services.AddSingleton(services =>
            ConnectionBounds.Of(
                OpenFileLimit.Raise(),
                Database.PoolOf(services.GetRequiredService<NpgsqlDataSource>())
                    + services.GetRequiredService<Replicas>().MaxConnections,
                options.MaxConnections,
                options.MaxConnectionsPerAddress
            )
        );
        var proxies = options.Proxies.Select(p => Networks.Parse("Cms__Proxies", p)).ToArray();
        services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<ConnectionGate>(services, (object)proxies)
        );
        // Answers from memory are given on the I/O threads. ClientInput and CacheMiddleware bring the rest to the
        // thread pool.
        services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        services.AddSingleton<IConnectionListenerFactory>(services => new GatedTransport(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            services.GetRequiredService<ConnectionGate>()
        ));
        services.AddSingleton(services => new OpenFiles(
            services.GetRequiredService<ConnectionBounds>().Files
        ));
        services.AddSingleton<RateLimits>();
        services.AddHostedService<EarlyRefusals>();
        services.AddOpenApiDocument(ContractText.Options);
    }

    /// <summary>The store of renditions, for the server and for commands beside it.</summary>
    public static RenditionStore OpenRenditions(
        CmsOptions options,
        string mediaDirectory,
        TimeProvider clock
    ) =>
        new(
            options.RenditionDirectory ?? Path.Combine(Path.GetDirectoryName(mediaDirectory)!, "renditions"),
            options.RenditionGigabytes * 1024L * 1024L * 1024L,
            clock,
            ImageStores.SharedRenditions(options)
        );

    private static string[]? HostsOf(string[]? setting) => setting is [ExternalHosts.None] ? [] : setting;

    private static void AddMetrics(IServiceCollection services, CmsOptions options)
    {
        services.AddSingleton(new MetricsAccess(options.MetricsFrom ?? ["127.0.0.0/8", "::1"]));
        services.AddSingleton<MetricsExport>();
        if (options.Metrics)
            services
                .AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("cms"))
                .WithMetrics(metrics =>
                    metrics
                        .AddMeter(
                            "Cms.ResponseCache",
                            "Cms.KnownNames",
                            "Cms.Admission",
                            "Cms.Feed",
                            "Cms.Connections",
                            "Cms.DeliveryDatabase",
                            "Microsoft.AspNetCore.Hosting",
                            "Microsoft.AspNetCore.Server.Kestrel",
                            "Npgsql",
                            "System.Runtime"
                        )
                        // What is asked for is what there is now: an answer of 300 ms ago, the default, would hide what
                        // has just happened.
                        .AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = 0)
                );
    }

    private static void AddWebhooks(IServiceCollection services, CmsOptions options)
    {
        services.AddSingleton(
            new WebhookPolicy
            {
                AllowHttp = options.WebhookAllowHttp,
                AllowPrivate = options.WebhookAllowPrivate,
                Timeout = TimeSpan.FromSeconds(options.WebhookTimeout),
                FirstRetry = TimeSpan.FromSeconds(options.WebhookFirstRetry),
                KeepLog = TimeSpan.FromDays(options.EventDays),
            }
        );
        services.AddSingleton<DispatchSignal>();
        services.AddSingleton<Queues>();
        services.AddSingleton<WebhookSender>();
        services.AddHostedService<WebhookDispatcher>();
        services.AddHostedService<WebhookHousekeeping>();
    }

    private static void Use(WebApplication app)
    {
        app.Use(Lingering.WatchBody);
        app.Use(Pipeline.NameRequest);
        app.Use(Pipeline.OpenToAll);
        app.Use(Pipeline.AnswerHead);
        var options = app.Services.GetRequiredService<CmsOptions>();
        var limits = app.Services.GetRequiredService<RateLimits>();
        // What is answered from memory counts too.
        if (options.AnonymousRequestsPerMinute > 0)
            app.Use(limits.BoundAnonymousAsync);
        if (options.CacheMegabytes > 0)
            app.UseMiddleware<CacheMiddleware>();
        app.UseCurrentContext();
        app.UseResponseCompression();
        app.UseMiddleware<ErrorBoundary>();
        app.Use(Pipeline.HideTestAddress);
        app.UseRouting();
        app.UseCors();
        app.Use(OneAddress.LeadThere);
        app.UseAuthentication();
        // Before keys are refused: guesses are bounded too.
        app.Use(limits.BoundKeysAsync);
        app.Use(ApiKeyAuthentication.RefuseInvalidKey);
        app.UseAuthorization();
        app.Use(Admission.TurnAway);
        app.Use(Pipeline.Negotiate);
        app.Use(Pipeline.RefuseCodings);
        app.Use(Pipeline.RequireContentType);
        app.UseFastEndpoints(config =>
        {
            config.Endpoints.ShortNames = true;
            config.Security.PermissionsClaimType = "permissions";
            config.Errors.ProducesMetadataType = null;
        });
        GuidePages.Map(app);
        app.UseOpenApiDocument();
        if (options.Metrics)
        {
            // The exporter is a middleware; the endpoint, which decides who may see it, calls it as one.
            var export = ((IApplicationBuilder)app).New();
            export.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true);
            app.Services.GetRequiredService<MetricsExport>().Write = export.Build();
        }
    }

    /// <summary>
    /// Loads what every request needs and the database holds. Call after migrating and before serving.
    /// </summary>
    public static async Task LoadAsync(WebApplication app, CancellationToken ct)
    {
        var postgres = app.Services.GetRequiredService<NpgsqlDataSource>();
        var key = await postgres.FindAsync<string>(
            "select value from settings where name = 'cursor-key'",
            new { },
            ct
        );
        if (await Database.CompilesAsync(postgres, ct))
            app.Logger.LogWarning(
                "PostgreSQL compiles statements of this server (jit is on), which makes each "
                    + "publication ten times slower. Turn it off for the role: alter role {Role} set jit = off",
                await postgres.FindAsync<string>("select current_user", new { }, ct)
            );
        app.Services.GetRequiredService<Cursors>().UseKey(key!);
        if (app.Services.GetRequiredService<CmsOptions>().SearchLanguage is { } language)
            await SearchIndexing.UseLanguageAsync(
                postgres,
                app.Services.GetRequiredService<ChangeLog>(),
                language,
                ct
            );
        app.Services.GetRequiredService<SyncCursors>()
            .UseFeed(await postgres.FindAsync<Guid>("select id from change_feed", new { }, ct));
    }

    private sealed class CorsBySurface(string[] editorialOrigins) : ICorsPolicyProvider
    {
        private readonly CorsPolicy _delivery = new CorsPolicyBuilder()
            .AllowAnyOrigin()
            .WithMethods("GET", "HEAD", "OPTIONS")
            .AllowAnyHeader()
            .WithExposedHeaders(Pipeline.ExposedHeaders)
            .SetPreflightMaxAge(TimeSpan.FromHours(2))
            .Build();

        private readonly CorsPolicy _editorial = new CorsPolicyBuilder()
            .WithOrigins(editorialOrigins)
            .WithMethods("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
            .AllowAnyHeader()
            .WithExposedHeaders(Pipeline.ExposedHeaders)
            .SetPreflightMaxAge(TimeSpan.FromHours(2))
            .Build();

        public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
            Task.FromResult(
                Pipeline.IsOpen(context.Request.Path) ? _delivery
                : Pipeline.IsMetrics(context.Request.Path) ? null
                : _editorial
            );
    }
}
