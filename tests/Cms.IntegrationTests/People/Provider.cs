using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Cms.IntegrationTests.People;

/// <summary>
/// The newsroom's OpenID Connect provider, on this machine (OpenIddict): it gives whoever asks the claims asked for.
/// </summary>
public sealed class Provider(CmsServer cms) : IAsyncLifetime
{
    private WebApplication? _app;

    /// <summary>The key that it signs with.</summary>
    internal RsaSecurityKey Key { get; private set; } = NewKey();

    public async ValueTask InitializeAsync()
    {
        var address = cms.Provider;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        builder
            .Services.AddOpenIddict()
            .AddServer(server =>
            {
                var path = address.AbsolutePath.Trim('/');
                server.SetIssuer(address);
                server.SetConfigurationEndpointUris($"/{path}/.well-known/openid-configuration");
                server.SetJsonWebKeySetEndpointUris($"/{path}/keys");
                server.SetTokenEndpointUris($"/{path}/token");
                server.AllowClientCredentialsFlow();
                server.AddEphemeralEncryptionKey().DisableAccessTokenEncryption();
                server.AddEphemeralSigningKey();
                // It knows no clients and no users: whoever asks is let in.
                server.EnableDegradedMode();
                server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(_ => default));
                server.AddEventHandler<HandleTokenRequestContext>(b => b.UseInlineHandler(SignIn));
                server.UseAspNetCore().DisableTransportSecurityRequirement();
            });
        _app = builder.Build();
        Rotate();
        await _app.StartAsync();
    }

    /// <summary>From now on it signs with another key, and no longer shows the old one.</summary>
    internal void Rotate()
    {
        Key = NewKey();
        var credentials = _app!
            .Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>()
            .CurrentValue.SigningCredentials;
        credentials.Clear();
        credentials.Add(new(Key, SecurityAlgorithms.RsaSha256));
    }

    /// <summary>An access token with these claims.</summary>
    internal async Task<string> TokenAsync(JsonObject claims, string audience = "cms", int seconds = 600)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(
            $"{cms.Provider}/token",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "client_credentials",
                    ["client_id"] = "desk",
                    ["client_secret"] = "any",
                    ["claims"] = claims.ToJsonString(),
                    ["for"] = audience,
                    ["seconds"] = $"{seconds}",
                }
            ),
            TestContext.Current.CancellationToken
        );
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return (string)JsonNode.Parse(text)!["access_token"]!;
    }

    private static ValueTask SignIn(HandleTokenRequestContext context)
    {
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType);
        foreach (
            var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
                (string)context.Request["claims"]!
            )!
        )
            if (value.ValueKind == JsonValueKind.Array)
                identity.SetClaims(name, [.. value.EnumerateArray().Select(v => v.GetString()!)]);
            else
                identity.SetClaim(name, value.GetString());
        identity.SetDestinations(_ => [OpenIddictConstants.Destinations.AccessToken]);
        identity.SetAudiences((string)context.Request["for"]!);
        identity.SetAccessTokenLifetime(
            TimeSpan.FromSeconds(int.Parse((string)context.Request["seconds"]!, null))
        );
        context.SignIn(new ClaimsPrincipal(identity));
        return default;
    }

    private static RsaSecurityKey NewKey() =>
        new(RSA.Create(2048)) { KeyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) };

    public async ValueTask DisposeAsync()
    {
        if (_app is null)
            return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }
}
