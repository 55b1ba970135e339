namespace Cms.ProcessTests.Support;

/// <summary>
/// How much is tried. Variants of what other tests show, each with servers and databases of its own, are left out where
/// somebody waits; they are for releases.
/// </summary>
internal static class Depth
{
    /// <summary>Set to 1 for every variant.</summary>
    private const string Deep = "CMS_DEEP_TESTS";

    /// <summary>Set to 1 for every variant, each for as long as it takes to believe it: most of an hour.</summary>
    private const string Long = "CMS_LONG_TESTS";

    public static bool IsLong => Environment.GetEnvironmentVariable(Long) == "1";

    /// <summary>Whether every variant is wanted.</summary>
    public static bool IsWhole => IsLong || Environment.GetEnvironmentVariable(Deep) == "1";

    /// <summary>Skips the test unless every variant is wanted.</summary>
    public static void IsDeep() => Assert.SkipUnless(IsWhole, $"A variant: set {Deep} to 1.");
}
