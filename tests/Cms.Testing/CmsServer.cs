using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Cms.Access;
using Cms.Editorial.Images.Uploading;
using Cms.EmbeddedPostgres;
using Cms.Hosting;
using Cms.Platform.OpenApi;
using Cms.Platform.Postgres;
using Cms.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cms.Testing;

/// <summary>
/// The server on its own port over a real PostgreSQL, shared by all tests of the assembly: FastEndpoints keeps its
/// state for the process, so there is one host. Tests live beside each other by using names of their own
/// (<see cref="Names.Unique"/>).
/// </summary>
public sealed class CmsServer : IAsyncLifetime
{
    /// <summary>With which addresses of renditions are signed.</summary>
    public const string SigningSecret = "a secret of these tests and no other";

    private readonly ConcurrentDictionary<string, string> _tokens = new();
    private string _directory = "";
    private PostgresCluster? _cluster;
    private WebApplication? _app;
    private NpgsqlDataSource? _postgres;

    /// <summary>The server's time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Uri Address { get; private set; } = null!;
    public string ConnectionString { get; private set; } = "";

    /// <summary>Where the newsroom's OpenID Connect provider is, once a test starts one.</summary>
    public Uri Provider { get; } = new($"http://127.0.0.1:{FreePort()}/newsroom");

    internal IServiceProvider Services => _app!.Services;
    internal Contract Contract { get; private set; } = null!;

    /// <summary>A client without a key.</summary>
    public HttpClient Anonymous => Client(null);

    public HttpClient Reader => As("reader");
    public HttpClient Viewer => As("viewer");
    public HttpClient Contributor => As("contributor");
    public HttpClient Editor => As("editor");
    public HttpClient Admin => As("admin");

    /// <summary>A client with a key of a role; the same key for the same role.</summary>
    public HttpClient As(string role) => Client(_tokens[role]);

    /// <summary>
    /// A client with this token. Redirects are not followed, and nothing is decompressed: tests see what was sent.
    /// Every answer is held against the OpenAPI document.
    /// </summary>
    public HttpClient Client(string? token)
    {
        var client = new HttpClient(
            new ContractHandler(
                Contract,
                new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }
            )
        )
        {
            BaseAddress = Address,
        };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A new key of its own.</summary>
    internal async Task<NewKey> NewKeyAsync(
        Role role,
        string[]? sections = null,
        DateTimeOffset? expiresAt = null
    ) =>
        await Services
            .GetRequiredService<NpgsqlDataSource>()
            .InTransactionAsync(
                transaction =>
                    Keys.CreateAsync(
                        transaction,
                        new KeyInput
                        {
                            Name = Names.Unique("key"),
                            Role = role,
                            Sections = sections,
                            ExpiresAt = expiresAt,
                        },
                        Clock.GetUtcNow(),
                        CancellationToken.None
                    ),
                CancellationToken.None
            );

    /// <summary>Looks behind the curtain.</summary>
    internal async Task<T?> ScalarAsync<T>(string sql, object? arguments = null) =>
        await Services
            .GetRequiredService<NpgsqlDataSource>()
            .FindAsync<T>(sql, arguments ?? new { }, CancellationToken.None);

    internal async Task<int> ExecuteAsync(string sql, object? arguments = null) =>
        await Services
            .GetRequiredService<NpgsqlDataSource>()
            .ExecuteAsync(sql, arguments ?? new { }, CancellationToken.None);

    public async ValueTask InitializeAsync()
    {
        _directory = TestFolders.Create();
        var settings = new Dictionary<string, string>(PostgresClusterOptions.DisposableSettings)
        {
            ["temp_file_limit"] = "256MB",
        };
        _cluster = await PostgresCluster.StartAsync(
            new PostgresClusterOptions
            {
                Directory = Path.Combine(_directory, "postgres"),
                Settings = settings,
            },
            CancellationToken.None
        );
        await using (var server = NpgsqlDataSource.Create(_cluster.ConnectionString))
            await server.ExecuteAsync("create database cms", new { }, CancellationToken.None);
        ConnectionString = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString)
        {
            Database = "cms",
        }.ConnectionString;

        _postgres = Database.Open(ConnectionString);
        _app = CmsHost.Create(
            [
                "--urls",
                "http://127.0.0.1:0",
                "--Cms:EditorialOrigins:0=https://desk.example",
                // A hundred at once are more than the desk's places, and none of them is to be turned away.
                "--Cms:LongestWait=60",
                // A test makes them when it wants to.
                "--Cms:WarmRenditions=false",
                $"--Cms:SigningSecrets:0={SigningSecret}",
                $"--Cms:OidcAuthority={Provider}",
                "--Cms:OidcAudience=cms",
                "--Cms:OidcSectionsClaim=sections",
            ],
            _postgres,
            Path.Combine(_directory, "media"),
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
                builder.Services.AddSingleton(Clock);
                builder.Services.AddSingleton<TestHandlers>();
                builder.Services.AddSingleton<IStartupFilter>(services =>
                    services.GetRequiredService<TestHandlers>()
                );
                builder.Services.AddSingleton(
                    new ImageFetchPolicy { AllowPrivate = true, Timeout = TimeSpan.FromSeconds(5) }
                );
                builder.Services.AddSingleton(
                    new WebhookPolicy
                    {
                        AllowHttp = true,
                        AllowPrivate = true,
                        Timeout = TimeSpan.FromSeconds(3),
                        FirstRetry = TimeSpan.FromMilliseconds(20),
                        MaxRetry = TimeSpan.FromMilliseconds(200),
                        MaxRest = TimeSpan.FromMilliseconds(200),
                    }
                );
            }
        );
        await Migrator.MigrateAsync(_postgres, CancellationToken.None);
        await CmsHost.LoadAsync(_app, CancellationToken.None);
        await _app.StartAsync();
        Contract = new Contract(await OpenApiDocumentation.WriteAsync(_app));
        Address = new Uri(
            Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        foreach (var role in Enum.GetValues<Role>())
            _tokens[role.ToString().ToLowerInvariant()] = (await NewKeyAsync(role)).Token;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
