using System.Text.Json.Serialization;
using Cms.Client.Http;
using Cms.Client.Sync;

namespace Cms.Client;

/// <summary>
/// How the client reads JSON: without reflection, and leniently, since the server may be newer: members that it does
/// not know are passed over. What it does know must be there and be what it says.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    AllowOutOfOrderMetadataProperties = true
)]
[JsonSerializable(typeof(Article))]
[JsonSerializable(typeof(Image))]
[JsonSerializable(typeof(Section))]
[JsonSerializable(typeof(Author))]
[JsonSerializable(typeof(Paged<ArticleSummary>), TypeInfoPropertyName = "ArticlePage")]
[JsonSerializable(typeof(Paged<Section>), TypeInfoPropertyName = "SectionPage")]
[JsonSerializable(typeof(Paged<Author>), TypeInfoPropertyName = "AuthorPage")]
[JsonSerializable(typeof(Paged<Tag>), TypeInfoPropertyName = "CountedTag")]
[JsonSerializable(typeof(SearchBody))]
[JsonSerializable(typeof(RelatedBody))]
[JsonSerializable(typeof(ParagraphBlock))]
[JsonSerializable(typeof(HeadingBlock))]
[JsonSerializable(typeof(ListBlock))]
[JsonSerializable(typeof(QuoteBlock))]
[JsonSerializable(typeof(ImageBlock))]
[JsonSerializable(typeof(EmbedBlock))]
[JsonSerializable(typeof(CodeBlock))]
[JsonSerializable(typeof(TableBlock))]
[JsonSerializable(typeof(DividerBlock))]
[JsonSerializable(typeof(HtmlBlock))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(SyncPageBody))]
[JsonSerializable(typeof(LocalArticle))]
[JsonSerializable(typeof(LocalSection))]
[JsonSerializable(typeof(LocalAuthor))]
[JsonSerializable(typeof(LocalImage))]
[JsonSerializable(typeof(LocalTag))]
internal sealed partial class CmsJson : JsonSerializerContext;
