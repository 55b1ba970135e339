using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>An article as the desk sees it: its working copy, or one of its revisions, and where it stands.</summary>
public sealed record EditorialArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Where it stands.</summary>
    public required ArticleStatus Status { get; init; }

    /// <summary>Number of the working copy; every save makes the next one. Changes name it.</summary>
    public required int Revision { get; init; }

    /// <summary>Number of the revision that readers see; null if they see none.</summary>
    public int? PublishedRevision { get; init; }

    /// <summary>Whether the working copy differs from what readers see; false where they see nothing.</summary>
    public bool HasUnpublishedChanges { get; init; }

    /// <summary>Why it was sent back to its author; null once it was submitted again or published.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>When it is to be published; null if that is not planned.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>Number of the revision that is to be published then. Later saves do not change it.</summary>
    public int? ScheduledRevision { get; init; }

    /// <summary>Whether the working copy differs from the revision that is scheduled; false where none is.</summary>
    public bool HasUnscheduledChanges { get; init; }

    /// <summary>Whether that publication is no news: the date that readers see stays.</summary>
    public bool ScheduledAsMinor { get; init; }

    /// <summary>When it is to be withdrawn from readers; null if that is not planned.</summary>
    public DateTimeOffset? ScheduledUntil { get; init; }

    /// <summary>What is to be said of that withdrawal; null if it is not planned.</summary>
    public WithdrawalNotice? ScheduledWithdrawal { get; init; }

    /// <summary>What was said when it was withdrawn; null if it is not, or nothing was said.</summary>
    public WithdrawalNotice? Withdrawal { get; init; }

    /// <summary>Why what was scheduled could not be done; null: nothing failed.</summary>
    public ScheduleFailure? ScheduleFailed { get; init; }

    /// <summary>What the clock did last, if that was late; null after the next publication or withdrawal.</summary>
    public LateAct? Late { get; init; }

    /// <summary>What kind of article it is, such as <c>story</c> or <c>analysis</c>.</summary>
    public string Kind { get; init; } = "story";

    /// <summary>The language that it is written in (BCP 47); null: the newsroom's.</summary>
    public string? Lang { get; init; }

    /// <summary>Where its lines begin: <c>ltr</c>, <c>rtl</c>, or null: as its language has it.</summary>
    public string? Dir { get; init; }

    /// <summary>The line above the headline.</summary>
    public string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    public required string Headline { get; init; }

    /// <summary>The line under the headline.</summary>
    public string? Deck { get; init; }

    /// <summary>A few sentences for a teaser: written, or made from the body.</summary>
    public required string Excerpt { get; init; }

    /// <summary>The whole body in the forms that were asked for; null if none.</summary>
    public Body? Body { get; init; }

    /// <summary>Who may read it to its end.</summary>
    public required ArticleAccess Access { get; init; }

    /// <summary>Its section; null if it has none yet.</summary>
    public SectionRef? Section { get; init; }

    /// <summary>The authors in byline order.</summary>
    public required IReadOnlyList<Byline> Authors { get; init; }

    /// <summary>The picture on top, with the words it has here.</summary>
    public Image? HeroImage { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<TagRef> Tags { get; init; }

    /// <summary>A short headline for alerts on telephones.</summary>
    public string? AlertHeadline { get; init; }

    /// <summary>A headline for newsletters.</summary>
    public string? NewsletterHeadline { get; init; }

    /// <summary>What readers should know of the newsroom's own interests.</summary>
    public string? Disclosure { get; init; }

    /// <summary>What was put right, oldest first.</summary>
    public IReadOnlyList<Correction> Corrections { get; init; } = [];

    /// <summary>What search engines are told, where that differs.</summary>
    public Seo? Seo { get; init; }

    /// <summary>Articles that go with this one, published or not.</summary>
    public IReadOnlyList<RelatedArticle> Related { get; init; } = [];

    /// <summary>The date that readers see, or will see; null if it will be the moment of publication.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Until when nothing of it reaches readers; null: no embargo.</summary>
    public DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>Words in the body.</summary>
    public required int WordCount { get; init; }

    /// <summary>Minutes to read it.</summary>
    public required int ReadingMinutes { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who opened it; null: the newsroom's own command line.</summary>
    public Actor? CreatedBy { get; init; }

    /// <summary>When it was last saved.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who last saved it; null: the newsroom's own command line.</summary>
    public Actor? UpdatedBy { get; init; }

    /// <summary>Who is to do something with it; null: nobody.</summary>
    public Actor? Assignee { get; init; }

    /// <summary>Until when; null: there is no haste.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Who has it open, the first to come first.</summary>
    public IReadOnlyList<Presence> OpenBy { get; init; } = [];

    /// <summary>The parts of the body just sent that were not saved, such as scripts. Otherwise empty.</summary>
    public IReadOnlyList<BodyWarning> Warnings { get; init; } = [];

    /// <summary>Members that this client does not know, of a newer server; null: there are none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? OtherMembers { get; set; }
}

/// <summary>Why an article was sent back to its author.</summary>
public sealed record Rejection
{
    /// <summary>What its author should do.</summary>
    public required string Note { get; init; }

    /// <summary>When it was sent back.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who sent it back; null: the newsroom's own command line.</summary>
    public Actor? By { get; init; }
}

/// <summary>Why something that was scheduled could not be done. It is tried again every few seconds.</summary>
public sealed record ScheduleFailure
{
    /// <summary>What was to be done.</summary>
    public required ScheduledAct Act { get; init; }

    /// <summary>When it was tried first.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was found.</summary>
    public required IReadOnlyList<CheckFinding> Errors { get; init; }
}

/// <summary>Something that was done by the clock after its time.</summary>
public sealed record LateAct
{
    /// <summary>What was done.</summary>
    public required ScheduledAct Act { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset DoneAt { get; init; }
}

/// <summary>What the clock does. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>publish</c>.</param>
[JsonConverter(typeof(ScheduledActConverter))]
public readonly record struct ScheduledAct(string Value)
{
    /// <summary>Publishes the article.</summary>
    public static ScheduledAct Publish { get; } = new("publish");

    /// <summary>Withdraws the article.</summary>
    public static ScheduledAct Unpublish { get; } = new("unpublish");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What is said of a withdrawal.</summary>
public sealed record WithdrawalNotice
{
    /// <summary>Why.</summary>
    public WithdrawalReason? Reason { get; init; }

    /// <summary>What readers are told in its place.</summary>
    public string? Notice { get; init; }

    /// <summary>The article that readers are led to instead.</summary>
    public RelatedArticle? ReplacedBy { get; init; }
}

/// <summary>Why an article is withdrawn. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>legal</c>.</param>
[JsonConverter(typeof(WithdrawalReasonConverter))]
public readonly record struct WithdrawalReason(string Value)
{
    /// <summary>It was wrong.</summary>
    public static WithdrawalReason Error { get; } = new("error");

    /// <summary>For legal reasons.</summary>
    public static WithdrawalReason Legal { get; } = new("legal");

    /// <summary>It was there twice.</summary>
    public static WithdrawalReason Duplicate { get; } = new("duplicate");

    /// <summary>Its time is over.</summary>
    public static WithdrawalReason Expired { get; } = new("expired");

    /// <summary>For another reason.</summary>
    public static WithdrawalReason Other { get; } = new("other");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>An article that goes with another, as the desk sees it.</summary>
public sealed record RelatedArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug.</summary>
    public required string Slug { get; init; }

    /// <summary>Its headline.</summary>
    public required string Headline { get; init; }

    /// <summary>Where it stands; readers see it only if it is published.</summary>
    public required ArticleStatus Status { get; init; }
}

/// <summary>A part of a body that was not saved as it was sent.</summary>
public sealed record BodyWarning
{
    /// <summary>JSON pointer into what was sent.</summary>
    public required string Pointer { get; init; }

    /// <summary>What happened, for a program: stable, kebab-case.</summary>
    public required string Code { get; init; }

    /// <summary>The HTML element, if it was one.</summary>
    public string? Element { get; init; }

    /// <summary>How often.</summary>
    public required int Count { get; init; }

    /// <summary>What happened, for a person.</summary>
    public required string Detail { get; init; }
}

/// <summary>What keeps an article from being published, or would be better.</summary>
public sealed record ArticleChecks
{
    /// <summary>The revision that was checked.</summary>
    public required int CheckedRevision { get; init; }

    /// <summary>Whether nothing keeps it from being published.</summary>
    public required bool CanBePublished { get; init; }

    /// <summary>What keeps it from being published.</summary>
    public required IReadOnlyList<CheckFinding> Blockers { get; init; }

    /// <summary>What would be better.</summary>
    public required IReadOnlyList<CheckFinding> Advice { get; init; }
}

/// <summary>What a check has found.</summary>
public sealed record CheckFinding
{
    /// <summary>JSON pointer (RFC 6901) into the article, such as <c>/deck</c>.</summary>
    public required string Pointer { get; init; }

    /// <summary>What was found, for a program: stable, kebab-case, such as <c>no-deck</c>.</summary>
    public required string Code { get; init; }

    /// <summary>What was found, for a person.</summary>
    public required string Detail { get; init; }
}

/// <summary>Somebody who has an article open.</summary>
public sealed record Presence
{
    /// <summary>Who.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The ids of the blocks at which somebody is; empty: the tool does not say.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }
}
