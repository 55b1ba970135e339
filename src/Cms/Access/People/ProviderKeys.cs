using Cms.Platform.Http.Problems;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Cms.Access.People;

/// <summary>
/// The provider's name and signing keys, from its discovery document. They are read again every hour while the old ones
/// are used, and at once when a token names a key that is not among them: so the first token after a rotation is taken.
/// While the provider is away, what is known is used on, and it is asked again every few seconds.
/// </summary>
internal sealed class ProviderKeys : IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromHours(1);

    /// <summary>Made-up tokens must not make this server ask the provider all the time.</summary>
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private const int MaxBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ILogger<ProviderKeys> _log;
    private readonly string _address;
    private readonly HttpClient _http;
    private readonly HttpDocumentRetriever _documents;
    private OpenIdConnectConfiguration? _known;
    private Task<OpenIdConnectConfiguration>? _reading;

    /// <summary>When the last read ended, and how; null: none has.</summary>
    private (long At, bool HasFailed)? _last;

    public ProviderKeys(TokenPolicy policy, TimeProvider clock, ILogger<ProviderKeys> log)
    {
        (_clock, _log) = (clock, log);
        _address = $"{policy.Authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration";
        _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxBytes,
        };
        _documents = new(_http) { RequireHttps = !policy.Authority.IsLoopback };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What is known of the provider.</summary>
    /// <exception cref="Refused">503: nothing, since it does not answer.</exception>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        ForKeyAsync(null, cancel);

    /// <summary>What is known of the provider, with this key if the provider has it.</summary>
    /// <exception cref="Refused">503: the key is not known and the provider does not answer, so nobody can say whether
    /// the token is valid.</exception>
    public async Task<OpenIdConnectConfiguration> ForKeyAsync(string? keyId, CancellationToken ct)
    {
        Task<OpenIdConnectConfiguration> reading;
        lock (_gate)
        {
            var since = _last is { } last ? _clock.GetElapsedTime(last.At) : TimeSpan.MaxValue;
            if (_known is { } known && (keyId is null || Has(known, keyId)))
            {
                if (since > (_last is { HasFailed: true } ? RetryAfter : FreshFor) && _reading is null)
                    _ = Read();
                return known;
            }
            if (_reading is null && since < BetweenReads)
                return _known is null || _last is { HasFailed: true } ? throw Away() : _known;
            reading = _reading ?? Read();
        }
        try
        {
            return await reading.WaitAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            throw Away();
        }
    }

    /// <summary><see cref="ForKeyAsync"/> has asked already.</summary>
    public void RequestRefresh() { }

    // Under the lock.
    private Task<OpenIdConnectConfiguration> Read()
    {
        var reading = ReadAsync();
        _reading = reading;
        // Looked at, so that nobody reports a failure as unseen.
        _ = reading.ContinueWith(r => r.Exception, TaskScheduler.Default);
        return reading;
    }

    private async Task<OpenIdConnectConfiguration> ReadAsync()
    {
        // Outside the caller's lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        OpenIdConnectConfiguration? read = null;
        try
        {
            var found = await OpenIdConnectConfigurationRetriever.GetAsync(
                _address,
                _documents,
                CancellationToken.None
            );
            if (string.IsNullOrEmpty(found.Issuer) || found.SigningKeys.Count == 0)
                throw new InvalidOperationException("The provider names no issuer or no signing key.");
            return read = found;
        }
        catch (Exception e)
        {
            _log.LogWarning("{Address} could not be read: {Reason}", _address, e.Message);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _known = read ?? _known;
                _last = (_clock.GetTimestamp(), read is null);
                _reading = null;
            }
        }
    }

    private static bool Has(OpenIdConnectConfiguration known, string keyId) =>
        known.SigningKeys.Any(k => k.KeyId == keyId);

    private static Refused Away() =>
        new(
            ProblemKinds.Unavailable,
            "The OpenID Connect provider of the newsroom does not answer, so the token cannot be checked. API keys "
                + "work."
        )
        {
            RetryAfter = RetryAfter,
        };
}
