using System.Text;

namespace Cms.Benchmarks.Harness;

/// <summary>What was found, as Markdown; everything is printed as soon as it is known.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private string _lead = "";

    public string Text => _lead + _text;

    public void Heading(string text) => Write($"\n## {text}\n");

    public void Say(string text) => Write($"\n{text}\n");

    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        Write($"\n| {string.Join(" | ", columns)} |\n|{string.Concat(columns.Select(_ => " --- |"))}\n");
        foreach (var row in rows)
            Write($"| {string.Join(" | ", row)} |\n");
    }

    /// <summary>What is known last and read first: what has been said since stands at the beginning.</summary>
    /// <param name="since">The length of <see cref="Text"/> before it was said.</param>
    public void Lead(int since)
    {
        var moved = _text.ToString(since - _lead.Length, Text.Length - since);
        _text.Length -= moved.Length;
        _lead += moved;
    }

    /// <summary>For whoever waits; no part of the report.</summary>
    public static void Progress(string text) => Console.Error.WriteLine($"… {text}");

    private void Write(string text)
    {
        _text.Append(text);
        Console.Write(text);
    }
}
