using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies;

/// <summary>The body of an article: blocks in reading order.</summary>
internal sealed partial record Body
{
    // The mean of silent reading in English. Brysbaert, "How many words do we read per minute?", Journal of Memory and
    // Language 109 (2019).
    private const int WordsPerMinute = 238;

    private const int ExcerptParagraphs = 2;

    public static readonly Body Empty = new() { Blocks = [] };

    /// <summary>
    /// How bodies are stored. PostgreSQL's jsonb orders members by its own rule, so <c>type</c> need not come first.
    /// </summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required IReadOnlyList<Block> Blocks { get; init; }

    /// <summary>
    /// Reads what <see cref="ToJson"/> wrote. It is trusted: everything was sanitised when it was written.
    /// </summary>
    public static Body Parse(string json) =>
        JsonSerializer.Deserialize<Body>(json, Json) ?? throw new JsonException("A stored body is null.");

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The library's images that the body shows, each once, in order; those inside free HTML too.</summary>
    [JsonIgnore]
    public IReadOnlyList<Guid> ImageIds =>
        [
            .. Blocks
                .SelectMany(block =>
                    block switch
                    {
                        ImageBlock image => [image.Image.Id],
                        HtmlBlock html => Media()
                            .Matches(html.Html)
                            .Select(match => Guid.Parse(match.Groups["id"].ValueSpan)),
                        _ => Enumerable.Empty<Guid>(),
                    }
                )
                .Distinct(),
        ];

    /// <summary>Addresses of embeds, in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> EmbedUrls => [.. Blocks.OfType<EmbedBlock>().Select(embed => embed.Url)];

    /// <summary>
    /// Words to read, as <see cref="Words"/> counts them: everything but captions, titles of embeds and numbers of list
    /// items.
    /// </summary>
    [JsonIgnore]
    public int WordCount => Blocks.SelectMany(BodyText.Pieces).Sum(Words.Count);

    /// <summary>At 238 words a minute, to the nearest minute and at least 1; 0 when there is nothing to read.</summary>
    [JsonIgnore]
    public int ReadingMinutes => MinutesFor(WordCount);

    public static int MinutesFor(int words) =>
        words == 0 ? 0 : Math.Max(1, (words + (WordsPerMinute / 2)) / WordsPerMinute);

    /// <summary>What readers see who may not read on.</summary>
    public Teaser Teaser() => PlainText.Teaser.Of(this);

    /// <summary>
    /// The first two paragraphs of running text, as plain text on one line: no headings, lists, captions, code or
    /// tables, no marks of footnotes and no bare addresses. Cut at a word, with an ellipsis, where it is longer.
    /// </summary>
    /// <param name="maxCharacters">How long it may be.</param>
    /// <param name="walled">Whether it may say no more than the teaser does.</param>
    public string Excerpt(int maxCharacters, bool walled)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCharacters, 1);
        var blocks = walled ? Teaser().Body.Blocks : Blocks;
        var text = string.Join(
            ' ',
            blocks.SelectMany(RunningText.Of).Where(words => words.Length > 0).Take(ExcerptParagraphs)
        );
        if (text.Length <= maxCharacters)
            return text;
        var word = TextCut.AtWord(text, maxCharacters - 1, anywhere: true);
        return text[..word].TrimEnd('.', '…') + '…';
    }

    /// <summary>
    /// Without overrides that say what the image says itself. The HTML and Markdown forms show an image's own words, so
    /// a body that went out and came back states them; this lets it inherit them again.
    /// </summary>
    public Body InheritFrom(Func<Guid, BodyImage?> image) =>
        this with
        {
            Blocks =
            [
                .. Blocks.Select(block =>
                    block is ImageBlock { Image: var use } shown && image(use.Id) is { } own
                        ? shown with
                        {
                            Image = use with
                            {
                                Alt = Same(use.Alt, own.Alt) ? null : use.Alt,
                                Caption = Same(use.Caption, own.Caption) ? null : use.Caption,
                                Credit = Same(use.Credit, own.Credit) ? null : use.Credit,
                            },
                        }
                        : block
                ),
            ],
        };

    public bool Equals(Body? other) =>
        other is not null && string.Equals(ToJson(), other.ToJson(), StringComparison.Ordinal);

    public override int GetHashCode() => string.GetHashCode(ToJson(), StringComparison.Ordinal);

    private static bool Same(string? said, string? own) =>
        said is not null && own is not null && string.Equals(said, Plain.Line(own), StringComparison.Ordinal);

    /// <summary>
    /// With the present addresses of images in blocks of HTML, and without the images that have none.
    /// </summary>
    public Body WithImages(Func<Guid, string?> addressOf)
    {
        var addresses = ImageIds.ToDictionary(id => id, addressOf);
        return addresses.Count == 0
            ? this
            : this with
            {
                Blocks =
                [
                    .. Blocks
                        .Where(b => b is not ImageBlock { Image.Id: var id } || addresses[id] is not null)
                        .Select(b =>
                            b is HtmlBlock html
                                ? html with
                                {
                                    Html = MediaElement()
                                        .Replace(
                                            html.Html,
                                            m =>
                                                addresses[Guid.Parse(m.Groups["id"].ValueSpan)] is { } address
                                                    ? $"<img src=\"{address}\"{m.Groups["rest"].Value}"
                                                    : ""
                                        ),
                                }
                                : b
                        ),
                ],
            };
    }

    [GeneratedRegex(
        "<img src=\"/media/(?<id>[0-9a-f-]{36})/original\"(?<rest>[^>]*>)",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex MediaElement();

    [GeneratedRegex("<img src=\"/media/(?<id>[0-9a-f-]{36})/original\"", RegexOptions.NonBacktracking)]
    private static partial Regex Media();
}
