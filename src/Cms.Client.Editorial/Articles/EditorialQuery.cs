using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>What the desk's list is sorted by.</summary>
public enum EditorialSort
{
    /// <summary>What was saved last comes first.</summary>
    LastUpdatedFirst,

    /// <summary>What has not been saved for longest comes first.</summary>
    FirstUpdatedFirst,

    /// <summary>What was opened last comes first.</summary>
    NewestFirst,

    /// <summary>What was opened first comes first.</summary>
    OldestFirst,

    /// <summary>What is due last comes first. Only what is due at some time is listed.</summary>
    LastDueFirst,

    /// <summary>What is due first comes first. Only what is due at some time is listed.</summary>
    FirstDueFirst,
}

/// <summary>
/// Which articles of the desk to list. Filters narrow each other; several values in one filter widen it.
/// </summary>
public sealed record EditorialQuery : ListQuery
{
    /// <summary>Only articles in any of these statuses. None: all but those in the trash.</summary>
    public IReadOnlyList<ArticleStatus> Statuses { get; init; } = [];

    /// <summary>Slugs of sections: articles of any of them, and of the sections below.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Slugs of authors: articles by any of them.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];

    /// <summary>Only articles saved after this time.</summary>
    public DateTimeOffset? UpdatedAfter { get; init; }

    /// <summary>
    /// Only articles that this key or person is to do something with: its id, or <c>me</c>. Null: whoever is.
    /// </summary>
    public string? Assignee { get; init; }

    /// <summary>Only articles that you opened or that are assigned to you.</summary>
    public bool Mine { get; init; }

    /// <summary>Only articles that are due after this time.</summary>
    public DateTimeOffset? DueAfter { get; init; }

    /// <summary>Only articles that are due before this time.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>Only articles whose working copy differs from the revision that is scheduled.</summary>
    public bool EditedSinceScheduled { get; init; }

    /// <summary>Words of the headline, kicker, deck or slug; each as a beginning.</summary>
    public string? Words { get; init; }

    /// <summary>The order of the list.</summary>
    public EditorialSort Sort { get; init; }

    /// <summary>Forms of the body that come with each article.</summary>
    public BodyForms Body { get; init; }

    internal Address Address(string? cursor) =>
        Wire.List("v1/editorial/articles", this, cursor)
            .With("status", [.. Statuses.Select(s => s.Value)])
            .With("section", Sections)
            .With("author", Authors)
            .With("updatedAfter", Wire.Time(UpdatedAfter))
            .With("assignee", Assignee)
            .With("mine", Mine ? "true" : null)
            .With("dueAfter", Wire.Time(DueAfter))
            .With("dueBefore", Wire.Time(DueBefore))
            .With("editedSinceScheduled", EditedSinceScheduled ? "true" : null)
            .With("q", Words)
            .With(
                "sort",
                Sort switch
                {
                    EditorialSort.LastUpdatedFirst => null,
                    EditorialSort.FirstUpdatedFirst => "updatedAt",
                    EditorialSort.NewestFirst => "-createdAt",
                    EditorialSort.OldestFirst => "createdAt",
                    EditorialSort.LastDueFirst => "-dueAt",
                    EditorialSort.FirstDueFirst => "dueAt",
                    _ => throw new ArgumentOutOfRangeException(
                        nameof(cursor),
                        Sort,
                        "There is no such sort."
                    ),
                }
            )
            .With("body", Body == BodyForms.None ? null : Wire.Forms(Body));
}

/// <summary>Which things of a list: those whose name has these words.</summary>
public sealed record NameQuery : ListQuery
{
    /// <summary>Words of the name, each as a beginning of it or of a part of it.</summary>
    public string? Words { get; init; }
}
