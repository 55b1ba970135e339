namespace Cms.Publishing;

/// <summary>Where an article stands.</summary>
internal enum ArticleStatus
{
    /// <summary>Being written; never published.</summary>
    Draft,

    /// <summary>Submitted to the desk.</summary>
    InReview,

    /// <summary>Waiting for its time.</summary>
    Scheduled,

    /// <summary>Readers see it.</summary>
    Published,

    /// <summary>Withdrawn from readers; may be published again.</summary>
    Unpublished,

    /// <summary>In the trash: withdrawn, unchangeable, restorable.</summary>
    Trashed,
}

/// <summary>What can be done to an article.</summary>
internal enum ArticleAct
{
    Change,
    Submit,
    Publish,
    Unpublish,
    Trash,
    Restore,
}

/// <summary>Which act is allowed in which status, and where it leads.</summary>
internal static class Workflow
{
    /// <summary>The status after <paramref name="act"/>; null where the act is not allowed.</summary>
    /// <param name="wasPublished">Whether the article was ever published: out of the trash it comes back as what it
    /// was.</param>
    public static ArticleStatus? After(ArticleStatus status, ArticleAct act, bool wasPublished) =>
        (status, act) switch
        {
            (ArticleStatus.Trashed, ArticleAct.Restore) => wasPublished
                ? ArticleStatus.Unpublished
                : ArticleStatus.Draft,
            (ArticleStatus.Trashed, _) or (_, ArticleAct.Restore) => null,
            (_, ArticleAct.Change) => status,
            (ArticleStatus.Draft or ArticleStatus.InReview, ArticleAct.Submit) => ArticleStatus.InReview,
            (_, ArticleAct.Submit) => null,
            (_, ArticleAct.Publish) => ArticleStatus.Published,
            (ArticleStatus.Published, ArticleAct.Unpublish) => ArticleStatus.Unpublished,
            (_, ArticleAct.Unpublish) => null,
            (_, ArticleAct.Trash) => ArticleStatus.Trashed,
            _ => null,
        };
}
