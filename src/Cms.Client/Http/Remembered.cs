namespace Cms.Client.Http;

/// <summary>A value with the entity tag under which the server knows it.</summary>
internal sealed record RememberedValue(object Value, string ETag, Uri Address, int Bytes);

/// <summary>Values by address, at most so many bytes of them: the ones used longest ago go first.</summary>
internal sealed class Remembered(int maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    public RememberedValue? Find(string key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Value;
        }
    }

    public void Keep(string key, RememberedValue value)
    {
        lock (_lock)
        {
            Remove(key);
            if (value.Bytes > maxBytes)
                return;
            _entries[key] = _byUse.AddFirst(new Entry(key, value));
            _bytes += value.Bytes;
            while (_bytes > maxBytes)
                Remove(_byUse.Last!.Value.Key);
        }
    }

    public void Forget(string key)
    {
        lock (_lock)
            Remove(key);
    }

    private void Remove(string key)
    {
        if (!_entries.Remove(key, out var node))
            return;
        _byUse.Remove(node);
        _bytes -= node.Value.Value.Bytes;
    }

    private sealed record Entry(string Key, RememberedValue Value);
}
