using System.Text.Json.Serialization;

namespace Cms.Client.Editorial.Http;

/// <summary>
/// How the client reads and writes JSON: without reflection, and leniently, as that of delivery does. What is null is
/// not sent.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    AllowOutOfOrderMetadataProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(EditorialArticle))]
[JsonSerializable(typeof(Paged<EditorialArticle>), TypeInfoPropertyName = "ArticlePage")]
[JsonSerializable(typeof(ArticleDraft))]
[JsonSerializable(typeof(WrittenBody))]
[JsonSerializable(typeof(HeroImage))]
[JsonSerializable(typeof(Seo))]
[JsonSerializable(typeof(IReadOnlyList<string>), TypeInfoPropertyName = "IReadOnlyListString")]
[JsonSerializable(typeof(IReadOnlyList<Correction>), TypeInfoPropertyName = "IReadOnlyListCorrection")]
[JsonSerializable(
    typeof(IReadOnlyDictionary<string, string?>),
    TypeInfoPropertyName = "IReadOnlyDictionaryStringString"
)]
[JsonSerializable(typeof(Publication))]
[JsonSerializable(typeof(Withdrawal))]
[JsonSerializable(typeof(NoteBody))]
[JsonSerializable(typeof(TextBody))]
[JsonSerializable(typeof(ArticleChecks))]
[JsonSerializable(typeof(Paged<Revision>), TypeInfoPropertyName = "RevisionPage")]
[JsonSerializable(typeof(RevisionComparison))]
[JsonSerializable(typeof(PreviewDraft))]
[JsonSerializable(typeof(NewPreview))]
[JsonSerializable(typeof(Paged<Preview>), TypeInfoPropertyName = "PreviewPage")]
[JsonSerializable(typeof(EditorialSection))]
[JsonSerializable(typeof(Paged<EditorialSection>), TypeInfoPropertyName = "SectionPage")]
[JsonSerializable(typeof(SectionDraft))]
[JsonSerializable(typeof(EditorialAuthor))]
[JsonSerializable(typeof(Paged<EditorialAuthor>), TypeInfoPropertyName = "AuthorPage")]
[JsonSerializable(typeof(AuthorDraft))]
[JsonSerializable(typeof(EditorialTag))]
[JsonSerializable(typeof(Paged<EditorialTag>), TypeInfoPropertyName = "CountedTag")]
[JsonSerializable(typeof(TagDraft))]
[JsonSerializable(typeof(EditorialImage))]
[JsonSerializable(typeof(Paged<EditorialImage>), TypeInfoPropertyName = "ImagePage")]
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(Paged<ReleaseSummary>), TypeInfoPropertyName = "ReleasePage")]
[JsonSerializable(typeof(ReleaseDraft))]
[JsonSerializable(
    typeof(IReadOnlyList<ReleaseItemDraft>),
    TypeInfoPropertyName = "IReadOnlyListReleaseItemDraft"
)]
[JsonSerializable(typeof(ReleaseRevert))]
[JsonSerializable(typeof(ReleaseChecks))]
[JsonSerializable(typeof(ReleasePreviewDraft))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(NoteDraft))]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Paged<Note>), TypeInfoPropertyName = "NotePage")]
[JsonSerializable(typeof(DeskUser))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(PresenceBlocks))]
[JsonSerializable(typeof(PresenceList))]
[JsonSerializable(typeof(Paged<ListedActor>), TypeInfoPropertyName = "ActorPage")]
[JsonSerializable(typeof(DeskAct))]
[JsonSerializable(typeof(ArticleGone))]
[JsonSerializable(typeof(PresenceChange))]
[JsonSerializable(typeof(StreamEnd))]
[JsonSerializable(typeof(Paged<AuditRecord>), TypeInfoPropertyName = "AuditPage")]
[JsonSerializable(typeof(DeskProblem))]
internal sealed partial class DeskJson : JsonSerializerContext;

/// <summary>Why something is done, as it travels.</summary>
internal sealed record NoteBody(string Note);

/// <summary>Where a user is, as it travels.</summary>
internal sealed record PresenceBlocks(IReadOnlyList<string> Blocks);

/// <summary>Who has an article open, as it travels.</summary>
internal sealed record PresenceList(IReadOnlyList<Presence> Data);

/// <summary>Of the problem that ends a stream, what the headers of another answer have.</summary>
internal sealed record StreamEnd(int Status);

/// <summary>A text, as it travels.</summary>
internal sealed record TextBody(string Text);
