using Cms.Platform.Unicode;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Our tables against PostgreSQL's, which were made from the same database of characters by others.</summary>
public sealed class UnicodeTests(CmsServer cms)
{
    [Theory]
    [InlineData("NFC")]
    [InlineData("NFKC")]
    public async Task Every_character_is_normalised_as_PostgreSQL_does(string form)
    {
        // One at a time, and with marks and a vowel of Hangul behind: whatever composes composes with these.
        var texts = Enumerable
            .Range(1, 0x10FFFF)
            .Where(code => System.Text.Rune.IsValid(code) && !IsNew(code))
            .Select(code => char.ConvertFromUtf32(code) + "\u0338\u0301\u0323\u1161 ")
            .Chunk(4_096)
            .Select(chunk => string.Concat(chunk))
            .ToArray();
        var expected = await cms.ScalarAsync<string[]>(
            $"select array(select normalize(t, {form}) from unnest(@texts) with ordinality u(t, n) order by n)",
            new { texts }
        );
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(
                expected![i],
                form == "NFC" ? Normalization.Nfc(texts[i]) : Normalization.Nfkc(texts[i])
            );
    }

    /// <summary>Came with Unicode 15, which not every PostgreSQL knows that we run on.</summary>
    private static bool IsNew(int code) =>
        code
            is 0x0ECE
                or (>= 0x10EFD and <= 0x10EFF)
                or (>= 0x11F00 and <= 0x11F59)
                or (>= 0x1E030 and <= 0x1E08F)
                or (>= 0x1E4D0 and <= 0x1E4F9);
}
