using BenchmarkDotNet.Attributes;
using Cms.Benchmarks.Corpus;
using Cms.Publishing.Bodies;

namespace Cms.Benchmarks.Pieces;

/// <summary>A body of the corpus, from its stored blocks to what readers ask for.</summary>
public class BodyPieces
{
    private Body _body = Body.Empty;
    private string _json = "";

    [GlobalSetup]
    public void Prepare()
    {
        _body = new() { Blocks = [.. new Prose(new(1)).Body().Select(p => p.Block)] };
        _json = _body.ToJson();
    }

    [Benchmark]
    public object Parse() => Body.Parse(_json);

    [Benchmark]
    public string Html() => BodyWriter.ToHtml(_body, static _ => null);

    [Benchmark]
    public string Markdown() => BodyWriter.ToMarkdown(_body, static _ => null);

    [Benchmark]
    public string Text() => BodyWriter.ToText(_body);
}
