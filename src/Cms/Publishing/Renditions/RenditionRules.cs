using System.Globalization;

namespace Cms.Publishing.Renditions;

/// <summary>
/// Which renditions there are. Without a limit anybody could keep the server busy with pictures that no page needs.
/// </summary>
internal sealed class RenditionRules
{
    /// <summary>Those that Next.js, Astro and Nuxt ask for, and round ones between them.</summary>
    public static readonly IReadOnlyList<int> UsualWidths =
    [
        .. (int[])[16, 32, 48, 64, 96, 128, 200, 256, 320, 384, 400, 480, 600, 640, 750, 800, 828, 960],
        .. (int[])[1080, 1200, 1280, 1440, 1600, 1920, 2048, 2400, 2560, 3840],
    ];

    /// <summary>Heights of crops beside the widths: those of previews in social networks.</summary>
    private static readonly int[] MoreHeights = [300, 450, 500, 540, 627, 628, 630, 675, 720, 900, 1350];

    public static readonly IReadOnlyList<int> Qualities = [30, 40, 50, 60, 70, 75, 80, 85, 90, 95];

    private readonly bool _roundsUp;

    /// <param name="widths">The allowed widths; null: the usual ones.</param>
    /// <param name="roundsUp">Whether other sizes lead to the next larger one instead of being refused.</param>
    public RenditionRules(IEnumerable<int>? widths = null, bool roundsUp = false)
    {
        Widths = [.. (widths ?? UsualWidths).Distinct().Order()];
        Heights = [.. Widths.Concat(MoreHeights).Distinct().Order()];
        _roundsUp = roundsUp;
    }

    public IReadOnlyList<int> Widths { get; }

    public IReadOnlyList<int> Heights { get; }

    /// <summary>The allowed rendition that stands for one; itself if it is allowed.</summary>
    /// <param name="rendition">What was asked for.</param>
    /// <param name="faults">What is not allowed, if nothing stands for it.</param>
    public Rendition? Allowed(Rendition rendition, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        faults = found;
        var width = Step(rendition.Width, Widths, "width", 'w', found);
        var crop = rendition.Crop;
        if (crop is { IsNamed: false } free)
        {
            var height = Step(free.HeightFor(rendition.Width), Heights, "height", 'h', found);
            crop = Proportions.Of(width, height);
        }
        var quality = rendition.Quality is { } q ? Step(q, Qualities, "quality", 'q', found) : (int?)null;
        return found.Count > 0
            ? null
            : rendition with
            {
                Width = width,
                Crop = crop,
                Quality = rendition.Format == RenditionFormat.Png ? null : quality,
            };
    }

    /// <summary>Whether all of its sizes are on the lists, so that anybody may ask for it.</summary>
    public bool Lists(Rendition rendition) => Allowed(rendition, out _)?.ToString() == rendition.ToString();

    private int Step(int wanted, IReadOnlyList<int> steps, string what, char letter, List<string> faults)
    {
        foreach (var step in steps)
            if (step == wanted || (_roundsUp && step > wanted))
                return step;
        if (_roundsUp)
            return steps[^1];
        faults.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The {what} {letter}{wanted} is not one of {string.Join(", ", steps)}."
            )
        );
        return wanted;
    }
}
