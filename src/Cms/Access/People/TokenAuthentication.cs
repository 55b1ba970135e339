using System.Text.Json;
using Cms.Platform;
using Cms.Platform.Http;
using Cms.Platform.Http.Load;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Cms.Access.People;

/// <summary>
/// Authenticates people: <c>Authorization: Bearer</c> and an access token of the newsroom's OpenID Connect provider.
/// </summary>
internal sealed class TokenAuthentication(
    TokenPolicy policy,
    ProviderKeys keys,
    NpgsqlDataSource postgres,
    Admission admission,
    BadKeys badKeys,
    TimeProvider clock
) : JwtBearerEvents
{
    public const string SchemeName = JwtBearerDefaults.AuthenticationScheme;
    private const string Bearer = "Bearer ";

    // A secret that both sides know, or none at all, is no signature of the provider.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>The scheme for a request that comes with a token; null: it comes with a key, or nothing.</summary>
    public static string? SchemeOf(HttpContext context) =>
        Pipeline.TakesKeys(context.Request.Path)
        && TokenOf(context) is { } token
        && !ApiKey.TryParse(token, out _, out _)
        && token.Count(c => c == '.') == 2
            ? SchemeName
            : null;

    public void Configure(JwtBearerOptions options)
    {
        options.ConfigurationManager = keys;
        options.RefreshOnIssuerKeyNotFound = false;
        options.MapInboundClaims = false;
        options.Events = this;
        options.TokenValidationParameters = new()
        {
            ValidAudience = policy.Audience,
            ValidAlgorithms = Algorithms,
            RequireExpirationTime = true,
            LifetimeValidator = IsInTime,
        };
    }

    public override async Task MessageReceived(MessageReceivedContext context)
    {
        context.Token = TokenOf(context.HttpContext);
        if (KeyIdOf(context.Token!) is { } keyId)
            await keys.ForKeyAsync(keyId, context.HttpContext.RequestAborted);
    }

    public override async Task TokenValidated(TokenValidatedContext context)
    {
        var http = context.HttpContext;
        var token = (JsonWebToken)context.SecurityToken;
        using var payload = JsonDocument.Parse(Base64UrlEncoder.Decode(token.EncodedPayload));
        if (!TokenClaims.TryRead(payload.RootElement, policy, out var claims, out var fault))
        {
            if (TokenClaims.IdentityOf(payload.RootElement) is var (issuer, subject))
            {
                await admission.EnterAsync(http, http.RequestAborted);
                await KnownPeople.LoseRightsAsync(postgres, issuer, subject, http.RequestAborted);
            }
            Refuse(context, fault);
            return;
        }
        await admission.EnterAsync(http, http.RequestAborted);
        var issuedAt = IssuedAt(token);
        var met = await KnownPeople.MeetAsync(
            postgres,
            claims,
            issuedAt,
            clock.GetUtcNow(),
            http.RequestAborted
        );
        if (met is not var (id, sections))
        {
            Refuse(context, "An admin has ended the access of this person since the token was issued.");
            return;
        }
        if (sections is [])
        {
            Refuse(context, $"There is none of the sections that the token names in {policy.SectionsClaim}.");
            return;
        }
        var admitted = http.Admit(
            new Caller
            {
                Id = id,
                Kind = ActorKind.Person,
                Name = claims.Name,
                Role = claims.Role,
                SectionIds = sections,
                IssuedAt = issuedAt,
                ExpiresAt = new DateTimeOffset(token.ValidTo, TimeSpan.Zero),
            },
            SchemeName
        );
        context.Principal = admitted.Principal;
        context.Success();
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // Its own texts name what the token has, or how to see more of it.
        if (context.Exception is SecurityTokenException or ArgumentException)
            Refuse(context, ReasonOf(context.Exception));
        return Task.CompletedTask;
    }

    private void Refuse(ResultContext<JwtBearerOptions> context, string reason)
    {
        context.HttpContext.Features.Set(new TokenFault(reason));
        badKeys.Count(context.HttpContext, reason);
        context.Fail(reason);
    }

    private string ReasonOf(Exception fault) =>
        fault switch
        {
            SecurityTokenExpiredException => "The token has expired.",
            SecurityTokenNotYetValidException => "The token is not valid yet.",
            SecurityTokenNoExpirationException => "The token has no time at which it expires (exp).",
            SecurityTokenInvalidLifetimeException => "The token is not valid at this time (nbf, exp).",
            SecurityTokenInvalidAudienceException =>
                $"The token is for somebody else: its audience (aud) must be {policy.Audience}.",
            SecurityTokenInvalidIssuerException =>
                "The token is from another issuer than this newsroom's provider.",
            SecurityTokenInvalidAlgorithmException =>
                $"The token is signed in a way that is not taken: use one of {string.Join(", ", Algorithms)}.",
            SecurityTokenSignatureKeyNotFoundException =>
                "The token is signed with a key that the newsroom's provider does not have.",
            SecurityTokenInvalidSignatureException =>
                "The token is not signed by the newsroom's provider with one of "
                    + $"{string.Join(", ", Algorithms)}.",
            _ => "The token cannot be read: it is neither an API key nor a signed JWT.",
        };

    private bool IsInTime(
        DateTime? notBefore,
        DateTime? expires,
        SecurityToken token,
        TokenValidationParameters parameters
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is null ? throw new SecurityTokenNoExpirationException()
            : expires <= now ? throw new SecurityTokenExpiredException()
            : notBefore > now + KnownPeople.MaxSkew ? throw new SecurityTokenNotYetValidException()
            : true;
    }

    /// <summary>When a token was issued. One that does not say counts as the oldest.</summary>
    private static DateTimeOffset IssuedAt(JsonWebToken token) =>
        new(new[] { token.IssuedAt, token.ValidFrom }.FirstOrDefault(t => t != default), TimeSpan.Zero);

    private static string? TokenOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : null;

    /// <summary>The key that a token says it is signed with; null: it does not say, or is no token.</summary>
    private static string? KeyIdOf(string token)
    {
        try
        {
            return new JsonWebToken(token) is { Kid: { Length: > 0 } id } ? id : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }
}

/// <summary>Why the token of a request was refused.</summary>
internal sealed record TokenFault(string Text);
