using Cms.Access.People;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Access;

public sealed class ProviderKeysTests
{
    [Fact]
    public async Task A_refresh_that_failed_is_tried_again_soon()
    {
        await using var provider = await Provider.StartAsync();
        var clock = new FakeTimeProvider();
        using var keys = new ProviderKeys(
            new()
            {
                Authority = provider.Address,
                Audience = "cms",
                NameClaim = "name",
                RoleClaim = "roles",
                Roles = null,
                SectionsClaim = null,
            },
            clock,
            NullLogger<ProviderKeys>.Instance
        );
        var known = await keys.GetConfigurationAsync(default);
        provider.IsAway = true;
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Same(known, await keys.GetConfigurationAsync(default));
        // It joins the read in the background, or comes just after it.
        await Assert.ThrowsAsync<Refused>(() => keys.ForKeyAsync("unknown", default));
        Assert.Equal(2, provider.Asked);

        provider.IsAway = false;
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Same(known, await keys.GetConfigurationAsync(default));

        await Wait.UntilAsync("the provider is asked again", () => provider.Asked == 3);
    }

    /// <summary>A provider of a single key.</summary>
    private sealed class Provider : IAsyncDisposable
    {
        private const string KeySet = """
            {
              "keys": [
                { "kty": "EC", "use": "sig", "kid": "one", "crv": "P-256", "alg": "ES256",
                  "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                  "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }
              ]
            }
            """;

        private readonly WebApplication _app;
        private int _asked;

        private Provider()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(AnswerAsync);
        }

        public bool IsAway { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public Uri Address => new(_app.Urls.Single());

        public static async Task<Provider> StartAsync()
        {
            var provider = new Provider();
            await provider._app.StartAsync();
            return provider;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private Task AnswerAsync(HttpContext context)
        {
            var text = KeySet;
            if (context.Request.Path.StartsWithSegments("/.well-known", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _asked);
                text = $$"""{ "issuer": "{{Address}}", "jwks_uri": "{{Address}}keys" }""";
            }
            context.Response.StatusCode = IsAway ? 500 : 200;
            return context.Response.WriteAsync(text);
        }
    }
}
