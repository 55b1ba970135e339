using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Cms.Changes;
using Cms.Delivery.Articles;
using Cms.Delivery.Caching;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.Benchmarks.Pieces;

/// <summary>What the cache does for a request whose answer it has.</summary>
#pragma warning disable CA1001 // BenchmarkDotNet calls CleanUp
public class CachePieces
#pragma warning restore CA1001
{
    private const string Address = "/v1/articles";
    private const string Query = "?limit=10&section=power,people";

    // As many as a page of 20 articles has.
    private const int Tags = 64;
    private static readonly KeptAddresses Kept = new([
        new(Address, RequestShape.Of(typeof(ListArticlesRequest))),
    ]);
    private readonly HttpRequest _plain = new DefaultHttpContext().Request;
    private readonly ChangeSignal _signal = new(new StillClock());
    private ServiceProvider? _services;
    private ResponseCache? _cache;

    [GlobalSetup]
    public async Task Prepare()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _cache = new(_signal, new(_signal), 1 << 20, _services.GetRequiredService<IMeterFactory>());
        _signal.Observe(Guid.NewGuid(), 0, [], 0);
        await _cache.GetAsync(
            Address,
            asOf => Task.FromResult(new Outcome(new CachedAnswer(Address, Document(), asOf), null))
        );
        _plain.Path = Address;
        if (Find() is null || Normalise() != Address || NormaliseQuery() is null)
            throw new InvalidOperationException("There is nothing to measure.");
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _cache?.Dispose();
        _services?.Dispose();
    }

    /// <summary>Nothing was published since it was last asked for.</summary>
    [Benchmark]
    public object? Find() => _cache!.Find(Address);

    /// <summary>Something else was published since: its tags are looked at.</summary>
    [Benchmark]
    public object? FindAfterAPublication()
    {
        _signal.Invalidate!(["article:another"]);
        return _cache!.Find(Address);
    }

    [Benchmark]
    public string? Normalise() => Kept.Normalise(_plain);

    /// <summary>With a query of two parameters, and a request to read it from.</summary>
    [Benchmark]
    public string? NormaliseQuery()
    {
        var request = new DefaultHttpContext().Request;
        (request.Path, request.QueryString) = (Address, new QueryString(Query));
        return Kept.Normalise(request);
    }

    private static Document Document() =>
        new(new byte[14_000], DateTimeOffset.UnixEpoch, "public, max-age=30")
        {
            CacheTags = [.. Enumerable.Range(0, Tags).Select(n => $"article:{n}")],
        };
}
