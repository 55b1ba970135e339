using Cms.Platform.Http.Problems;
using Cms.Platform.Unicode;
using Cms.Publishing.Renditions;

namespace Cms.Images.Renditions;

/// <summary>Names of renditions, as requests have them.</summary>
internal static class RenditionNames
{
    /// <exception cref="Refused">400: it is none.</exception>
    public static Rendition Read(string name) =>
        Rendition.Read(name, out var fault)
        ?? throw Wrong("unknown-rendition", $"'{Text.Short(name)}' is no rendition: {fault}.");

    public static Refused Wrong(string code, params IReadOnlyList<string> details)
    {
        var faults = new Faults();
        foreach (var detail in details)
            faults.Add(Fault.Of("rendition", code, detail));
        return Refused.Parameters(faults);
    }
}
