using Cms.Changes;
using Cms.Platform.Http.Load;

namespace Cms.Delivery.Sync.Streams;

/// <summary>Everything that a rendered change depends on.</summary>
internal sealed record WrittenChangeKey(
    EntityType Type,
    Guid Id,
    long Version,
    int Forms,
    bool IsWhole,
    string? Variant
);

/// <summary>A change as JSON, counted once however many streams send it, until the last one has.</summary>
internal sealed class WrittenChange(BytesInFlight bytes, Func<byte[]> write, Action<WrittenChange>? keep)
    : IDisposable
{
    private readonly Lock _gate = new();

    // Released once it is done: its source may be long.
    private Func<byte[]>? _write = write;
    private byte[]? _json;
    private BytesInFlight.Portion? _portion;

    // Memory itself is one of them.
    private int _users = 1;

    public WrittenChangeKey? Key { get; init; }

    public byte[] Bytes
    {
        get
        {
            if (Volatile.Read(ref _json) is { } json)
                return json;
            lock (_gate)
            {
                if (_json is not null)
                    return _json;
                json = _write!();
                _write = null;
                _portion = bytes.Charge(json.Length);
                Volatile.Write(ref _json, json);
            }
            keep?.Invoke(this);
            return json;
        }
    }

    public void Use() => Interlocked.Increment(ref _users);

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _portion?.Dispose();
    }
}
