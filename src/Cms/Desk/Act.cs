using System.Reflection;
using Cms.Access;

namespace Cms.Desk;

/// <summary>Something that can be done at the desk: to what kind of thing, under which name, and who may.</summary>
/// <param name="On">What it is done to.</param>
/// <param name="Verb">What is done, such as <c>publish</c>.</param>
/// <param name="Needs">What the caller must be allowed. Whether this thing is in its reach is for the work to find
/// out.</param>
internal sealed record Act(ActOn On, string Verb, string Needs)
{
    public static readonly Act CreateArticle = new(ActOn.Article, "create", Permission.WriteOwn);
    public static readonly Act ChangeArticle = new(ActOn.Article, "change", Permission.WriteOwn);
    public static readonly Act RestoreRevision = new(ActOn.Article, "restore-revision", Permission.WriteOwn);
    public static readonly Act SubmitArticle = new(ActOn.Article, "submit", Permission.WriteOwn);
    public static readonly Act AssignArticle = new(ActOn.Article, "assign", Permission.WriteOwn);
    public static readonly Act RejectArticle = new(ActOn.Article, "reject", Permission.Publish);
    public static readonly Act PublishArticle = new(ActOn.Article, "publish", Permission.Publish);
    public static readonly Act CorrectArticle = new(ActOn.Article, "correct", Permission.Publish);
    public static readonly Act UnpublishArticle = new(ActOn.Article, "unpublish", Permission.Publish);
    public static readonly Act ScheduleArticle = new(ActOn.Article, "schedule", Permission.Publish);
    public static readonly Act ScheduleUnpublication = new(
        ActOn.Article,
        "schedule-unpublish",
        Permission.Publish
    );
    public static readonly Act CancelSchedule = new(ActOn.Article, "cancel-schedule", Permission.Publish);

    /// <summary>By the clock only: what was scheduled could not be done.</summary>
    public static readonly Act FailSchedule = new(ActOn.Article, "schedule-failed", Permission.Publish);
    public static readonly Act TrashArticle = new(ActOn.Article, "trash", Permission.WriteOwn);
    public static readonly Act RestoreArticle = new(ActOn.Article, "restore", Permission.WriteOwn);
    public static readonly Act EraseArticle = new(ActOn.Article, "delete", Permission.DeletePermanently);

    /// <summary>Several acts in one transaction, each of which is recorded by itself.</summary>
    public static readonly Act RunBatch = new(ActOn.Batch, "run", Permission.WriteOwn);

    public static readonly Act CreatePreview = new(ActOn.Article, "preview", Permission.WriteOwn);
    public static readonly Act RevokePreview = new(ActOn.Article, "revoke-preview", Permission.WriteOwn);

    /// <summary>What a contributor does to another's draft that is assigned to it. Who else may, it does not
    /// say.</summary>
    public static readonly IReadOnlySet<Act> OfAssignee = new HashSet<Act>
    {
        ChangeArticle,
        RestoreRevision,
        SubmitArticle,
        CreatePreview,
        RevokePreview,
    };

    public static readonly Act CreateRelease = new(ActOn.Release, "create", Permission.Publish);
    public static readonly Act ChangeRelease = new(ActOn.Release, "change", Permission.Publish);
    public static readonly Act DeleteRelease = new(ActOn.Release, "delete", Permission.Publish);
    public static readonly Act PublishRelease = new(ActOn.Release, "publish", Permission.Publish);
    public static readonly Act RevertRelease = new(ActOn.Release, "revert", Permission.Publish);

    public static readonly Act PreviewRelease = new(ActOn.Release, "preview", Permission.Publish);
    public static readonly Act RevokeReleasePreview = new(
        ActOn.Release,
        "revoke-preview",
        Permission.Publish
    );

    /// <summary>By the clock only: a release could not go live at its time.</summary>
    public static readonly Act FailRelease = new(ActOn.Release, "schedule-failed", Permission.Publish);

    public static readonly Act CreateNote = new(ActOn.Article, "note", Permission.WriteOwn);
    public static readonly Act ReplyToNote = new(ActOn.Article, "reply", Permission.WriteOwn);
    public static readonly Act ResolveNote = new(ActOn.Article, "resolve-note", Permission.WriteOwn);
    public static readonly Act ReopenNote = new(ActOn.Article, "reopen-note", Permission.WriteOwn);
    public static readonly Act DeleteNote = new(ActOn.Article, "delete-note", Permission.WriteOwn);

    public static readonly Act CreateSection = new(ActOn.Section, "create", Permission.WriteSections);
    public static readonly Act ChangeSection = new(ActOn.Section, "change", Permission.WriteSections);
    public static readonly Act DeleteSection = new(ActOn.Section, "delete", Permission.WriteSections);

    public static readonly Act CreateAuthor = new(ActOn.Author, "create", Permission.WriteAuthors);
    public static readonly Act ChangeAuthor = new(ActOn.Author, "change", Permission.WriteAuthors);
    public static readonly Act DeleteAuthor = new(ActOn.Author, "delete", Permission.WriteAuthors);

    public static readonly Act CreateTag = new(ActOn.Tag, "create", Permission.WriteTags);
    public static readonly Act ChangeTag = new(ActOn.Tag, "change", Permission.WriteTags);
    public static readonly Act DeleteTag = new(ActOn.Tag, "delete", Permission.WriteTags);
    public static readonly Act MergeTag = new(ActOn.Tag, "merge", Permission.WriteTags);

    public static readonly Act UploadImage = new(ActOn.Image, "upload", Permission.UploadImages);
    public static readonly Act ReplaceImageFile = new(ActOn.Image, "replace-file", Permission.WriteImages);
    public static readonly Act ChangeImage = new(ActOn.Image, "change", Permission.WriteImages);

    /// <summary>By the clock only: the right to show it has ended.</summary>
    public static readonly Act EndImageUsage = new(ActOn.Image, "end-usage", Permission.WriteImages);
    public static readonly Act DeleteImage = new(ActOn.Image, "delete", Permission.WriteImages);

    public static readonly Act CreateKey = new(ActOn.Key, "create", Permission.ManageKeys);
    public static readonly Act RevokeKey = new(ActOn.Key, "revoke", Permission.ManageKeys);

    public static readonly Act EndPerson = new(ActOn.Person, "end", Permission.ManageKeys);

    public static readonly Act CreateWebhook = new(ActOn.Webhook, "create", Permission.ManageWebhooks);
    public static readonly Act ChangeWebhook = new(ActOn.Webhook, "change", Permission.ManageWebhooks);
    public static readonly Act DeleteWebhook = new(ActOn.Webhook, "delete", Permission.ManageWebhooks);
    public static readonly Act RotateWebhookSecret = new(ActOn.Webhook, "rotate", Permission.ManageWebhooks);
    public static readonly Act ReplayWebhook = new(ActOn.Webhook, "replay", Permission.ManageWebhooks);
    public static readonly Act RedeliverWebhookDelivery = new(
        ActOn.Webhook,
        "redeliver",
        Permission.ManageWebhooks
    );

    /// <summary>All acts.</summary>
    public static readonly IReadOnlyList<Act> All =
    [
        .. typeof(Act)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null))
            .OfType<Act>(),
    ];

    /// <summary>Their names in the audit log.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        .. All.Select(act => act.Name).Order(StringComparer.Ordinal),
    ];

    /// <summary>Matches these names.</summary>
    public static readonly string Pattern =
        $"^({string.Join('|', Names).Replace(".", "\\.", StringComparison.Ordinal)})$";

    /// <summary>Such as <c>an article</c>.</summary>
    public string Article => $"{(On is ActOn.Article or ActOn.Author or ActOn.Image ? "an" : "a")} {Entity}";

    /// <summary>How the audit log names the kind of thing.</summary>
    public string Entity { get; } = On.ToString().ToLowerInvariant();

    /// <summary>How the audit log names it, such as <c>article.publish</c>.</summary>
    public string Name => $"{Entity}.{Verb}";

    public override string ToString() => Name;
}

/// <summary>What an act is done to.</summary>
internal enum ActOn
{
    Article,
    Batch,
    Release,
    Section,
    Author,
    Tag,
    Image,
    Key,
    Person,
    Webhook,
}
