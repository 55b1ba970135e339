using System.Security.Claims;
using System.Text.Encodings.Web;
using Cms.Platform;
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
        // Somebody who guesses keys sends thousands: the log counts them instead of listing each.
        if (outcome.Failure is { } failure && badKeys.IsDue(out var count))
            Logger.LogWarning(
                "Requests with a bad key since the last report: {Count}. The last was from {Address}: {Reason}",
                count,
                Context.Connection.RemoteIpAddress,
                failure.Message
            );
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
        Context.SetCaller(
            new Caller
            {
                KeyId = id,
                Name = key.Name,
                Role = role,
                SectionIds = key.SectionIds,
                ExpiresAt = key.ExpiresAt,
            }
        );
        var identity = new ClaimsIdentity(
            Permission
                .Of(role, limited: key.SectionIds is not null)
                .Select(p => new Claim("permissions", p))
                .Append(new Claim(ClaimTypes.NameIdentifier, id.ToString())),
            SchemeName
        );
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <summary>
    /// A key that is not valid is refused everywhere, also where none is needed: silence would hide that it has
    /// expired.
    /// </summary>
    public static Task RefuseInvalidKey(HttpContext context, RequestDelegate next)
    {
        if (
            context.Request.Headers.Authorization.Count == 0
            || context.FindCaller() is not null
            || !Pipeline.TakesKeys(context.Request.Path)
        )
            return next(context);
        throw new Refused(ProblemKinds.Unauthenticated, "The key is unknown, expired or revoked.");
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

/// <summary>How many bad keys there were, for the log.</summary>
internal sealed class BadKeys(TimeProvider clock)
{
    private readonly Sampling _sampling = new(clock, TimeSpan.FromMinutes(1));

    public bool IsDue(out long count) => _sampling.IsDue(out count);
}
