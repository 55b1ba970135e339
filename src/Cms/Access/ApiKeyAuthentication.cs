using System.Text.Encodings.Web;
using Cms.Access.People;
using Cms.Platform.Http;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cms.Access;

/// <summary>
/// Authenticates <c>Authorization: Bearer cms_…</c>. The key is read from the database on every request, so that a
/// revoked one ends at once; a primary-key lookup costs less than being wrong about it.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    NpgsqlDataSource postgres,
    Admission admission,
    BadKeys badKeys,
    TimeProvider clock
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Bearer = "Bearer ";
    private static readonly TimeSpan LastUseGrain = TimeSpan.FromMinutes(1);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Pipeline.TakesKeys(Request.Path))
            return AuthenticateResult.NoResult();
        var outcome = await AuthenticateKeyAsync();
        if (outcome.Failure is { } failure)
            badKeys.Count(Context, failure.Message);
        return outcome;
    }

    private async Task<AuthenticateResult> AuthenticateKeyAsync()
    {
        if (Request.Headers.Authorization is not [{ } header])
            return Request.Headers.Authorization.Count == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Fail("More than one Authorization header.");
        if (
            !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            || !ApiKey.TryParse(header[Bearer.Length..].Trim(), out var id, out var secret)
        )
            return AuthenticateResult.Fail("Not an API key.");

        await admission.EnterAsync(Context, Context.RequestAborted);
        var key = await postgres.FindAsync<KeyRow>(SelectKey, new { id }, Context.RequestAborted);
        var now = clock.GetUtcNow();
        if (
            key is null
            || !ApiKey.Verify(secret, key.SecretHash)
            || key.RevokedAt is not null
            || key.ExpiresAt <= now
        )
            return AuthenticateResult.Fail("The key is unknown, expired or revoked.");
        if (key.LastUsedAt is null || now - key.LastUsedAt > LastUseGrain)
            await postgres.ExecuteAsync(MarkUse, new { id, now }, CancellationToken.None);

        var role = Enum.Parse<Role>(key.Role, ignoreCase: true);
        return Context.Admit(
            new Caller
            {
                Id = id,
                Name = key.Name,
                Role = role,
                SectionIds = key.SectionIds,
                ExpiresAt = key.ExpiresAt,
            },
            SchemeName
        );
    }

    /// <summary>
    /// A key or token that is not valid is refused everywhere, also where none is needed: silence would hide that it
    /// has expired.
    /// </summary>
    public static Task RefuseInvalidKey(HttpContext context, RequestDelegate next)
    {
        if (
            context.Request.Headers.Authorization.Count == 0
            || context.FindCaller() is not null
            || !Pipeline.TakesKeys(context.Request.Path)
        )
            return next(context);
        throw new Refused(
            ProblemKinds.Unauthenticated,
            context.Features.Get<TokenFault>()?.Text ?? "The key is unknown, expired or revoked."
        );
    }

    private const string SelectKey = """
        select name, role, section_ids, secret_hash, expires_at, revoked_at, last_used_at from api_keys where id = @id
        """;

    private const string MarkUse = "update api_keys set last_used_at = @now where id = @id";

    private sealed record KeyRow
    {
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required Guid[]? SectionIds { get; init; }
        public required byte[] SecretHash { get; init; }
        public required DateTimeOffset? ExpiresAt { get; init; }
        public required DateTimeOffset? RevokedAt { get; init; }
        public required DateTimeOffset? LastUsedAt { get; init; }
    }
}
