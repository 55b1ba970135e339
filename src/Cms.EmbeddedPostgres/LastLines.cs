namespace Cms.EmbeddedPostgres;

/// <summary>The last lines that a program wrote, for messages about its end.</summary>
internal sealed class LastLines
{
    private const int Max = 40;

    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Max)
                _lines.Dequeue();
        }
    }

    public IReadOnlyList<string> ToList()
    {
        lock (_lines)
            return [.. _lines];
    }

    public override string ToString() => string.Join('\n', ToList()).Trim();
}
