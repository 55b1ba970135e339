using Cms.Publishing.Renditions;
using CsCheck;

namespace Cms.Tests.Publishing.Renditions;

/// <summary>Names of renditions, and how they are cut.</summary>
public sealed class RenditionTests
{
    private static readonly RenditionRules Rules = new();

    private static Gen<Rendition> Renditions =>
        Gen.Select(
                OneOf(RenditionRules.UsualWidths),
                Gen.Frequency((3, Gen.Int[1, 4000]), (2, Gen.Int[-Proportions.Named.Count, 0])),
                Gen.Bool,
                Gen.Enum<RenditionFormat>().Nullable(),
                OneOf(RenditionRules.Qualities).Nullable(),
                Gen.Int[1, 50]
            )
            .Select(
                (width, crop, isStill, format, quality, version) =>
                    new Rendition
                    {
                        Width = width,
                        // A height, none, or one of the names.
                        Crop =
                            crop > 0 ? Proportions.Of(width, crop)
                            : crop == 0 ? null
                            : Proportions.Named[-crop - 1],
                        IsStill = isStill,
                        Format = format,
                        Quality = format == RenditionFormat.Png ? null : quality,
                        Version = version,
                    }
            );

    private static Gen<int> Sides => Gen.Frequency((4, Gen.Int[1, 5000]), (1, Gen.Int[1, 32_767]));

    private static Gen<T> OneOf<T>(IReadOnlyList<T> values) =>
        Gen.Int[0, values.Count - 1].Select(i => values[i]);

    [Theory]
    [InlineData("w800", "w800")]
    [InlineData("w800-16x9", "w800-16x9")]
    [InlineData("w400-1x1-webp-q75", "w400-1x1-webp-q75")]
    [InlineData("w1200-h630-crop", "w1200-h630-crop")]
    [InlineData("q75-WEBP-1x1-w400", "w400-1x1-webp-q75")]
    [InlineData("crop-w800-h450", "w800-16x9")]
    [InlineData("w800-jpg", "w800-jpeg")]
    [InlineData("w800-png-q80", "w800-png")]
    [InlineData("w800-v1", "w800")]
    [InlineData("w0800", "w800")]
    [InlineData("w800-v3-still", "w800-still-v3")]
    public void A_name_has_one_spelling(string name, string spelling) =>
        Assert.Equal(spelling, Rendition.Read(name, out _)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("w")]
    [InlineData("w0")]
    [InlineData("w-1")]
    [InlineData("w800-")]
    [InlineData("w800-w400")]
    [InlineData("w800-h600")]
    [InlineData("w800-crop")]
    [InlineData("h600-crop")]
    [InlineData("w800-h600-16x9-crop")]
    [InlineData("w800-5x4")]
    [InlineData("w800-q0")]
    [InlineData("w800-q101")]
    [InlineData("w800-gif")]
    [InlineData("w99999999999999999999")]
    [InlineData("w٨٠٠")]
    [InlineData("w800-webp-avif")]
    [InlineData("16x9")]
    [InlineData("original2")]
    public void Other_names_are_none_and_the_fault_is_named(string name)
    {
        Assert.Null(Rendition.Read(name, out var fault));
        Assert.False(string.IsNullOrEmpty(fault));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Renditions.Sample(rendition =>
        {
            var name = rendition.ToString();
            var read = Rendition.Read(name, out _);
            Assert.NotNull(read);
            Assert.Equal(name, read.ToString());
        });

    [Fact]
    public void Sizes_are_those_of_the_lists_and_a_fault_names_them()
    {
        Assert.NotNull(Rules.Allowed(new() { Width = 800 }, out _));
        Assert.Null(Rules.Allowed(new() { Width = 801, Quality = 76 }, out var faults));
        Assert.Equal(2, faults.Count);
        Assert.Contains("w801 is not one of 16, 32, 48", faults[0], StringComparison.Ordinal);
        Assert.Contains("q76 is not one of 30, 40", faults[1], StringComparison.Ordinal);
        Assert.Null(Rules.Allowed(new() { Width = 800, Crop = Proportions.Of(800, 333) }, out _));
        // The height follows from a name.
        Assert.NotNull(Rules.Allowed(new() { Width = 800, Crop = Proportions.Of(16, 9) }, out _));
    }

    [Fact]
    public void Sizes_are_rounded_up_where_that_is_configured()
    {
        var rules = new RenditionRules([100, 400], roundsUp: true);

        Assert.Equal("w400-q80", rules.Allowed(new() { Width = 101, Quality = 76 }, out _)?.ToString());
        Assert.Equal("w400", rules.Allowed(new() { Width = 90_000 }, out _)?.ToString());
    }

    [Fact]
    public void A_frame_enlarges_nothing_lies_in_the_picture_and_keeps_its_proportions() =>
        Gen.Select(Renditions, Sides, Sides)
            .Sample(
                (rendition, width, height) =>
                {
                    var frame = Frame.Of(rendition, width, height);

                    Assert.InRange(frame.Width, 1, Math.Min(rendition.Width, width));
                    Assert.InRange(frame.Height, 1, Math.Min(height, Frame.MaxSide));
                    Assert.InRange(frame.ScaledWidth, frame.Width, width);
                    Assert.InRange(frame.ScaledHeight, frame.Height, height);
                    var (wanted, whole) = rendition.Crop is { } crop
                        ? (crop.HeightFor(frame.Width), crop.HeightFor(width))
                        : ((double)frame.Width * height / width, height);
                    // A picture that is lower than a pixel has one.
                    if (whole >= 1)
                        Assert.InRange(
                            frame.Height,
                            Math.Min(wanted - 0.51, height),
                            Math.Max(1, wanted + 0.51)
                        );
                }
            );

    [Fact]
    public void A_crop_contains_the_focal_point_as_near_to_its_middle_as_the_edges_allow() =>
        Gen.Select(Renditions, Sides, Sides, Gen.Double[0, 1], Gen.Double[0, 1])
            .Sample(
                (rendition, width, height, x, y) =>
                {
                    var frame = Frame.Of(rendition, width, height);
                    var (left, top) = frame.At(x, y);

                    Check(x * frame.ScaledWidth, left, frame.Width, frame.ScaledWidth);
                    Check(y * frame.ScaledHeight, top, frame.Height, frame.ScaledHeight);
                }
            );

    private static void Check(double point, int start, int part, int whole)
    {
        Assert.InRange(start, 0, whole - part);
        Assert.InRange(point, start - 0.5, start + part + 0.5);
        var off = point - (start + (part / 2.0));
        if (off < -0.51)
            Assert.Equal(0, start);
        if (off > 0.51)
            Assert.Equal(whole - part, start);
    }
}
