using System.Buffers.Text;
using System.Text;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Platform.Http.Answers;

namespace Cms.Benchmarks.Writes;

/// <summary>Writes through the server's API.</summary>
internal sealed class ServerWriter : IWriter
{
    private const string Articles = "/v1/editorial/articles";
    private const string CreatedPublished = $"{Articles}?publish=true";
    private readonly Wire _wire;
    private readonly string _key;

    private ServerWriter(Newsroom newsroom, Wire wire) =>
        (_wire, _key) = (wire, $"Authorization: Bearer {newsroom.Key}");

    public static async Task<IWriter> OpenAsync(Newsroom newsroom, Uri server, CancellationToken ct) =>
        new ServerWriter(newsroom, await Wire.OpenAsync(server, ct));

    /// <summary>Whether this build creates and publishes in one request.</summary>
    public async Task<bool> CanCreatePublishedAsync(Manuscript manuscript, CancellationToken ct) =>
        await _wire.AskAsync(
            Wire.Send("POST", CreatedPublished, "application/json", manuscript.ToJson(), _key),
            ct
        ) == 201;

    public Task<Draft> CreateAsync(Manuscript manuscript, CancellationToken ct) =>
        CreateAsync(Articles, manuscript, ct);

    public Task<Draft> CreatePublishedAsync(Manuscript manuscript, CancellationToken ct) =>
        CreateAsync(CreatedPublished, manuscript, ct);

    public async Task<Draft> ChangeAsync(Draft draft, Manuscript changed, CancellationToken ct)
    {
        var patch = $$"""{"deck":{{Json.WriteText(changed.Deck)}},"body":{{changed.Text.Json}}}""";
        await _wire.ExchangeAsync(
            Wire.Send(
                "PATCH",
                $"{Articles}/{draft.Id}",
                "application/merge-patch+json",
                patch,
                _key,
                $"If-Match: \"{draft.Revision}\""
            ),
            200,
            ct
        );
        return new(draft.Id, draft.Revision + 1, changed);
    }

    public Task PublishAsync(Draft draft, CancellationToken ct) => ActAsync(draft, "publish", ct);

    public Task PublishAgainAsync(Draft draft, CancellationToken ct) => ActAsync(draft, "publish", ct);

    public Task UnpublishAsync(Draft draft, CancellationToken ct) => ActAsync(draft, "unpublish", ct);

    public Task RenameAsync(Thing author, int revision, string name, CancellationToken ct) =>
        _wire
            .ExchangeAsync(
                Wire.Send(
                    "PATCH",
                    $"/v1/editorial/authors/{author.Id}",
                    "application/merge-patch+json",
                    $$"""{"name":{{Json.WriteText(name)}}}""",
                    _key,
                    $"If-Match: \"{revision}\""
                ),
                200,
                ct
            )
            .AsTask();

    public void Dispose() => _wire.Dispose();

    private async Task<Draft> CreateAsync(string target, Manuscript manuscript, CancellationToken ct)
    {
        Guid? id = null;
        await _wire.ExchangeAsync(
            Wire.Send("POST", target, "application/json", manuscript.ToJson(), _key),
            201,
            ct,
            bytes => id ??= IdOf(bytes)
        );
        return new(id!.Value, 1, manuscript);
    }

    private Task ActAsync(Draft draft, string act, CancellationToken ct) =>
        _wire.ExchangeAsync(Wire.Post($"{Articles}/{draft.Id}/{act}", _key), 200, ct).AsTask();

    private static Guid IdOf(ReadOnlySpan<byte> answer)
    {
        var begin = "{\"id\":\""u8;
        return answer.StartsWith(begin) && Utf8Parser.TryParse(answer[begin.Length..], out Guid id, out _)
            ? id
            : throw new InvalidOperationException(
                $"No article: {Encoding.UTF8.GetString(answer[..Math.Min(200, answer.Length)])}"
            );
    }
}
