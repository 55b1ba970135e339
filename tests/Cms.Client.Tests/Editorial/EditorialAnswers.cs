namespace Cms.Client.Tests.Editorial;

internal static class EditorialAnswers
{
    /// <summary>An article with the least that the client needs, and more members.</summary>
    public static string Article(string more = "", string status = "draft") =>
        $$"""
            {"id":"01981f5e-0000-7000-8000-000000000001","slug":"a","status":"{{status}}","revision":1,
            "headline":"H","excerpt":"","access":"public","authors":[],"tags":[],"wordCount":0,"readingMinutes":0,
            "createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"{{more}}}
            """;
}
