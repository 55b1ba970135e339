using Cms.Platform.Http;
using Cms.Platform.Http.Problems;

namespace Cms.Previews;

/// <summary>What all answers of previews have in common: nobody keeps them, and no search engine lists them.</summary>
internal static class PreviewAnswers
{
    public static readonly object[] Metadata =
    [
        new UncachedMetadata(),
        new HeadersMetadata("X-Robots-Tag", "Referrer-Policy"),
    ];

    public static void SetHeaders(HttpContext context)
    {
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }

    public static Refused NotFound() =>
        new(ProblemKinds.NotFound, "There is no such preview: it never was, has ended, or was revoked.");
}
