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
    Reject,
    Publish,

    /// <summary>Is published later.</summary>
    Schedule,
    CancelSchedule,
    Unpublish,
    Trash,
    Restore,
}
