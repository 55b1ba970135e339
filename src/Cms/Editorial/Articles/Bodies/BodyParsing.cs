using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Editorial.Articles.Bodies;

/// <summary>
/// Parses bodies before their request has an admission place of the desk or a transaction: parsing costs processor time
/// in proportion to the body, and needs no database. It has its own places and a deadline, so that a hostile body
/// delays nobody else.
/// </summary>
internal sealed class BodyParsing(Admission admission, ExternalHosts hosts, TimeProvider clock)
{
    /// <summary>Longer bodies count as large. Most articles have a tenth of this.</summary>
    public const int Large = 64 * 1024;

    /// <summary>
    /// No known body takes nearly as long: slow inputs are refused earlier (<see cref="BodyLimits"/>).
    /// </summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>The body of a new article; null where it has none.</summary>
    /// <exception cref="Refused">503: too many are being parsed, or it took too long.</exception>
    public async Task<BodyResult?> ParseAsync(BodyInput? input, CancellationToken ct)
    {
        if (input is null || !HasOneForm(input))
            return null;
        var share = LengthOf(input) > Large ? Share.LargeBodies : Share.Bodies;
        using var place = await admission.TakeAsync(share, ct);
        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            return Parse(input, either.Token) is { } parsed ? Checked(parsed, input) : null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // A busy machine is the likelier cause, and then it is no fault of the body.
            throw new Refused(
                ProblemKinds.Overloaded,
                $"The body could not be parsed within {Deadline.TotalSeconds} seconds, and nothing was "
                    + "saved. Try again; if it happens again, send a shorter text, or one with less markup."
            )
            {
                RetryAfter = Deadline,
            };
        }
    }

    /// <summary>The body that a patch brings; null where it brings none, or takes it away.</summary>
    /// <exception cref="Refused">503: too many are being parsed.</exception>
    public Task<BodyResult?> ParseAsync(MergePatch<ArticleInput> patch, CancellationToken ct) =>
        ParseAsync(InputOf(patch.Members["body"]), ct);

    /// <summary>Parses our own content, without a place or a deadline.</summary>
    public static BodyResult? Parse(BodyInput? input, CancellationToken ct) =>
        input switch
        {
            { Blocks: { } blocks } => BodyReader.FromBlocks(blocks, ct),
            { Markdown: { } markdown } => BodyReader.FromMarkdown(markdown, ct),
            { Html: { } html } => BodyReader.FromHtml(html, ct),
            _ => null,
        };

    private BodyResult Checked(BodyResult parsed, BodyInput input)
    {
        var faults = parsed.IsValid ? hosts.Check(parsed.Body).ToArray() : [];
        if (faults.Length == 0)
            return parsed;
        return BodyResult.Of(input.Blocks is null ? BodyReader.InText(faults, PointerOf(input)) : faults);
    }

    // Faults of type are reported when the patch is applied to the article.
    private static BodyInput? InputOf(JsonNode? node)
    {
        if (node is null)
            return null;
        var faults = new Faults();
        var input = JsonShape.Read(JsonSerializer.SerializeToElement(node), typeof(BodyInput), faults);
        return faults.Count == 0 ? (BodyInput?)input : null;
    }

    private static bool HasOneForm(BodyInput input) =>
        new object?[] { input.Blocks, input.Markdown, input.Html }.Count(form => form is not null) == 1;

    private static string PointerOf(BodyInput input) =>
        input.Markdown is not null ? "/markdown"
        : input.Html is not null ? "/html"
        : "/blocks";

    private static long LengthOf(BodyInput input) =>
        input.Markdown?.Length ?? input.Html?.Length ?? input.Blocks!.Sum(BlockRules.LengthOf);
}
