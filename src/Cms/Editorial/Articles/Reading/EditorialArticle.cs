using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Cms.Editorial.Presences;
using Cms.Editorial.Workflow;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;

namespace Cms.Editorial.Articles.Reading;

/// <summary>An article as the desk sees it: its working copy, and where it stands.</summary>
internal sealed record EditorialArticle : ArticleFacts, IHasState
{
    [SetsRequiredMembers]
    public EditorialArticle(EditorialArticleRow row, string excerpt, BodyView? body, ImageView? heroImage)
        : base(row)
    {
        var plan = row.Plan is null ? ArticlePlan.None : Json.Read<ArticlePlan>(row.Plan);
        Id = row.Id;
        Status = Enum.Parse<ArticleStatus>(row.Status, ignoreCase: true);
        Revision = row.Revision;
        PublishedRevision = row.PublishedRevision;
        HasUnpublishedChanges = row.HasUnpublishedChanges;
        var schedule = row.Schedule is null ? ArticleSchedule.None : Json.Read<ArticleSchedule>(row.Schedule);
        Rejection = plan.Rejection;
        ScheduledFor = schedule.Publish?.DueAt;
        ScheduledRevision = schedule.Publish?.Revision;
        HasUnscheduledChanges = schedule.Publish?.HasChanges ?? false;
        ScheduledAsMinor = schedule.Publish?.IsMinor ?? false;
        ScheduledUntil = schedule.Unpublish?.DueAt;
        ScheduleFailed = schedule.Failure;
        ScheduledWithdrawal = schedule.Unpublish?.Withdrawal;
        Withdrawal = row.Withdrawal is null ? null : Json.Read<WithdrawalView>(row.Withdrawal);
        Late = plan.Late;
        Assignee = row.Assignee is null ? null : Json.Read<Actor>(row.Assignee);
        DueAt = row.DueAt;
        Excerpt = excerpt;
        Body = body;
        Section = row.Section is null ? null : Json.Read<SectionRef>(row.Section);
        Authors = Json.Read<Byline[]>(row.Authors);
        HeroImage = heroImage;
        Tags = Json.Read<TagRef[]>(row.Tags);
        Related = Json.Read<RelatedArticle[]>(row.Related);
        PublishedAt = row.PublishedAt;
        EmbargoedUntil = row.EmbargoedUntil;
        WordCount = row.WordCount;
        ReadingMinutes = row.ReadingMinutes;
        CreatedAt = row.CreatedAt;
        CreatedBy = row.CreatedBy is null ? null : Json.Read<Actor>(row.CreatedBy);
        UpdatedAt = row.UpdatedAt;
        UpdatedBy = row.UpdatedBy is null ? null : Json.Read<Actor>(row.UpdatedBy);
        OpenBy = Json.Read<Presence[]>(row.OpenBy);
    }

    /// <summary>UUIDv7.</summary>
    [JsonPropertyOrder(Place.Identity)]
    public Guid Id { get; }

    /// <summary>Where it stands.</summary>
    [JsonPropertyOrder(Place.State)]
    public ArticleStatus Status { get; }

    /// <summary>
    /// Number of the working copy; every save makes the next one. It is the `ETag`, and what `If-Match` takes.
    /// </summary>
    [JsonPropertyOrder(Place.State)]
    public int Revision { get; }

    /// <summary>Number of the revision that readers see; null if they see none.</summary>
    [JsonPropertyOrder(Place.State)]
    public int? PublishedRevision { get; }

    /// <summary>Whether the working copy differs from what readers see; false where they see nothing.</summary>
    [JsonPropertyOrder(Place.State)]
    public bool HasUnpublishedChanges { get; }

    /// <summary>Why it was sent back to its author; null once it was submitted again or published.</summary>
    [JsonPropertyOrder(Place.State)]
    public Rejection? Rejection { get; }

    /// <summary>When it is to be published; null if that is not planned.</summary>
    [JsonPropertyOrder(Place.State)]
    public DateTimeOffset? ScheduledFor { get; }

    /// <summary>Number of the revision that is to be published then. Later saves do not change it.</summary>
    [JsonPropertyOrder(Place.State)]
    public int? ScheduledRevision { get; }

    /// <summary>Whether the working copy differs from the revision that is scheduled; false where none is.</summary>
    [JsonPropertyOrder(Place.State)]
    public bool HasUnscheduledChanges { get; }

    /// <summary>Whether readers will see no new date then (`minor`); false where none is scheduled.</summary>
    [JsonPropertyOrder(Place.State)]
    public bool ScheduledAsMinor { get; }

    /// <summary>When it is to be withdrawn from readers; null if that is not planned.</summary>
    [JsonPropertyOrder(Place.State)]
    public DateTimeOffset? ScheduledUntil { get; }

    /// <summary>What will be said of that withdrawal; null: nothing.</summary>
    [JsonPropertyOrder(Place.State)]
    public WithdrawalView? ScheduledWithdrawal { get; }

    /// <summary>
    /// What was said when it was last withdrawn from readers; null: nothing, or it was published again since.
    /// </summary>
    [JsonPropertyOrder(Place.State)]
    public WithdrawalView? Withdrawal { get; }

    /// <summary>
    /// Why what was scheduled could not be done. It is tried again every few seconds; null once it is done, scheduled
    /// anew or cancelled.
    /// </summary>
    [JsonPropertyOrder(Place.State)]
    public ScheduleFailure? ScheduleFailed { get; }

    /// <summary>
    /// What the clock did last, if that was more than a second late, since no server ran at the time; null after the
    /// next publication or withdrawal.
    /// </summary>
    [JsonPropertyOrder(Place.State)]
    public LateAct? Late { get; }

    /// <summary>The key or person that is to do something with it; null: nobody.</summary>
    [JsonPropertyOrder(Place.State)]
    public Actor? Assignee { get; }

    /// <summary>Until when; null: there is no haste.</summary>
    [JsonPropertyOrder(Place.State)]
    public DateTimeOffset? DueAt { get; }

    /// <summary>
    /// A few sentences for a teaser: written by an editor, or generated from the first paragraphs of running text.
    /// </summary>
    [JsonPropertyOrder(Place.Excerpt)]
    public string Excerpt { get; }

    /// <summary>
    /// The whole body in the forms that `body` asked for; null with `none`. Image blocks say only what differs from the
    /// image's own words, so that blocks can be written back as they were read.
    /// </summary>
    [JsonPropertyOrder(Place.Excerpt)]
    public BodyView? Body { get; }

    /// <summary>Its section; null if it has none yet.</summary>
    public SectionRef? Section { get; }

    /// <summary>The authors in byline order.</summary>
    public IReadOnlyList<Byline> Authors { get; }

    /// <summary>The picture on top, with the words it has here.</summary>
    public ImageView? HeroImage { get; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<TagRef> Tags { get; }

    /// <summary>Articles that go with this one, published or not.</summary>
    [JsonPropertyOrder(Place.Last)]
    public IReadOnlyList<RelatedArticle> Related { get; }

    /// <summary>The date that readers see, or will see; null if it will be the moment of publication.</summary>
    [JsonPropertyOrder(Place.Last)]
    public DateTimeOffset? PublishedAt { get; }

    /// <summary>
    /// Until when nothing of it reaches readers, whoever publishes it; null: there is no embargo. Readers are not told.
    /// </summary>
    [JsonPropertyOrder(Place.Last)]
    public DateTimeOffset? EmbargoedUntil { get; }

    /// <summary>Words in the body.</summary>
    [JsonPropertyOrder(Place.Last)]
    public int WordCount { get; }

    /// <summary>Minutes to read it, at 238 words a minute.</summary>
    [JsonPropertyOrder(Place.Last)]
    public int ReadingMinutes { get; }

    /// <summary>When it was opened.</summary>
    [JsonPropertyOrder(Place.Last)]
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The key that opened it; null: the newsroom's own command line.</summary>
    [JsonPropertyOrder(Place.Last)]
    public Actor? CreatedBy { get; }

    /// <summary>When it was last saved.</summary>
    [JsonPropertyOrder(Place.Last)]
    public DateTimeOffset UpdatedAt { get; }

    /// <summary>The key that last saved it; null: the newsroom's own command line.</summary>
    [JsonPropertyOrder(Place.Last)]
    public Actor? UpdatedBy { get; }

    /// <summary>
    /// Who has it open, the first to come first. It changes without the revision and the entity tag.
    /// </summary>
    [JsonPropertyOrder(Place.Last)]
    public IReadOnlyList<Presence> OpenBy { get; }

    /// <summary>
    /// The parts of the sent `body` that were not saved: scripts, styles, comments, pictures that readers
    /// cannot open. At most 101, in answers to POST and PATCH; otherwise empty.
    /// </summary>
    [JsonPropertyOrder(Place.Last)]
    public IReadOnlyList<BodyWarning> Warnings { get; init; } = [];
}

/// <summary>An article that goes with another, as the desk sees it.</summary>
internal sealed record RelatedArticle
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
