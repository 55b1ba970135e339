namespace Cms.Tests;

/// <summary>CSharpier breaks code, but neither texts nor SQL nor comments.</summary>
public sealed class LineLengthTests
{
    private const int MaxLength = 120;

    private static readonly char[] Blanks = [' ', '\t'];

    [Fact]
    public void No_line_of_code_is_longer_than_120_columns_unless_it_is_only_an_address()
    {
        var tooLong =
            from folder in new[] { "src", "tests", "scripts" }
            from file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, folder),
                "*.cs",
                SearchOption.AllDirectories
            )
            let path = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')
            where !path.Split('/').Any(part => part is "bin" or "obj")
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where line.Text.Length > MaxLength && !IsOnlyAddress(line.Text)
            select $"{path}:{line.Number}";

        Assert.Empty(tooLong);
    }

    [Theory]
    [InlineData("    // https://example.org/a", true)]
    [InlineData("    \"https://example.org/a\",", true)]
    [InlineData("    // See https://example.org/a", false)]
    [InlineData("    var x = 1;", false)]
    public void A_line_with_only_an_address_is_told_from_others(string line, bool isOnlyAddress) =>
        Assert.Equal(isOnlyAddress, IsOnlyAddress(line));

    private static bool IsOnlyAddress(string line)
    {
        var text = line.Trim().TrimStart('/', '"', ' ');
        return text.IndexOfAny(Blanks) < 0
            && (
                text.StartsWith("https://", StringComparison.Ordinal)
                || text.StartsWith("http://", StringComparison.Ordinal)
            );
    }
}
