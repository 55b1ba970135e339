using BenchmarkDotNet.Attributes;
using Cms.Delivery.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;

namespace Cms.Benchmarks.Pieces;

/// <summary>Two cursors are written for a page, and one is read.</summary>
public class CursorPieces
{
    private readonly Cursors _cursors = new();
    private readonly string _list = new ListArticlesRequest().Name();
    private readonly Position _position = new()
    {
        Key = Json.Instant(new DateTimeOffset(2025, 3, 14, 9, 26, 53, TimeSpan.Zero)),
        Id = new Guid("0195e6a0-7b1c-7d3e-9f00-112233445566"),
    };
    private string _text = "";

    [GlobalSetup]
    public void Prepare()
    {
        _cursors.UseKey("a key for measuring");
        _text = Write();
        if (_cursors.Read(_list, _text) != _position)
            throw new InvalidOperationException("A cursor does not come back as it was.");
    }

    [Benchmark]
    public string Write() => _cursors.Write(_list, _position);

    [Benchmark]
    public object Read() => _cursors.Read(_list, _text);
}
