using System.Text.Json.Serialization;
using Cms.Editorial.Articles;
using Cms.Editorial.Revisions;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using FluentValidation;

namespace Cms.Editorial.Batch;

/// <summary>Several acts, of which all are done or none.</summary>
internal sealed record BatchInput
{
    public const int MaxActs = 200;

    /// <summary>Only says what would happen: nothing is changed.</summary>
    public bool DryRun { get; init; }

    /// <summary>1 to 200 acts, done in this order. A later one sees what an earlier one did.</summary>
    public required IReadOnlyList<BatchAct> Acts { get; init; }
}

/// <summary>One act of a batch, told apart by `act`.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "act")]
[JsonDerivedType(typeof(BatchCreate), "create")]
[JsonDerivedType(typeof(BatchChange), "change")]
[JsonDerivedType(typeof(BatchPublish), "publish")]
[JsonDerivedType(typeof(BatchUnpublish), "unpublish")]
[JsonDerivedType(typeof(BatchDelete), "delete")]
[JsonDerivedType(typeof(BatchRetag), "retag")]
internal abstract record BatchAct;

/// <summary>Creates an article, as `createArticle` does.</summary>
internal sealed record BatchCreate : BatchAct
{
    /// <summary>The article.</summary>
    public required ArticleInput Article { get; init; }

    /// <summary>Publishes it at once.</summary>
    public bool Publish { get; init; }

    /// <summary>Why it was written, for the list of revisions: one line.</summary>
    public string? Note { get; init; }
}

/// <summary>An act on an article that is there, or that an earlier act of the batch makes.</summary>
internal abstract record BatchActOnArticle : BatchAct
{
    /// <summary>The article's slug, or its id.</summary>
    /// <example>draft-interview-achterholt</example>
    [JsonPropertyOrder(-1)]
    public required string SlugOrId { get; init; }
}

/// <summary>Changes an article's working copy, as `changeArticle` does.</summary>
internal sealed record BatchChange : BatchActOnArticle
{
    /// <summary>The revision that the change starts from, as `If-Match`: if it is another one, the act is
    /// refused.</summary>
    public required int Revision { get; init; }

    /// <summary>A merge patch (RFC 7396).</summary>
    public required MergePatch<ArticleInput> Article { get; init; }

    /// <summary>Publishes the new revision at once.</summary>
    public bool Publish { get; init; }

    /// <summary>Why it was changed, for the list of revisions: one line.</summary>
    public string? Note { get; init; }
}

/// <summary>Publishes an article, now or later, as `publishArticle` does.</summary>
internal sealed record BatchPublish : BatchActOnArticle
{
    /// <summary>Publishes it only if its working copy has this revision. Null: whatever it has.</summary>
    public int? Revision { get; init; }

    /// <summary>When. Null: now, and for good.</summary>
    public PublishInput? With { get; init; }
}

/// <summary>Withdraws an article, now or later, as `unpublishArticle` does.</summary>
internal sealed record BatchUnpublish : BatchActOnArticle
{
    /// <summary>Withdraws it only if its working copy has this revision. Null: whatever it has.</summary>
    public int? Revision { get; init; }

    /// <summary>When, and what is said of it. Null: now, and nothing.</summary>
    public UnpublishInput? With { get; init; }
}

/// <summary>Moves an article to the trash, as `deleteArticle` does.</summary>
internal sealed record BatchDelete : BatchActOnArticle
{
    /// <summary>The revision that its working copy must have, as `If-Match`.</summary>
    public required int Revision { get; init; }
}

/// <summary>
/// Adds tags to an article's working copy and takes others away, whatever its revision is. All its other members stay.
/// </summary>
internal sealed record BatchRetag : BatchActOnArticle
{
    /// <summary>Names or slugs of tags that it gets, behind those that it has.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Names or slugs of tags that it loses, where it has them.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Publishes the new revision at once.</summary>
    public bool Publish { get; init; }
}

internal sealed class BatchInputRules : AbstractValidator<BatchInput>
{
    public BatchInputRules()
    {
        RuleFor(b => b.Acts).NotEmpty().AtMost(BatchInput.MaxActs);
        RuleForEach(b => b.Acts)
            .SetInheritanceValidator(v =>
                v.Add(new BatchCreateRules())
                    .Add(new BatchChangeRules())
                    .Add(new BatchPublishRules())
                    .Add(new BatchUnpublishRules())
                    .Add(new BatchDeleteRules())
                    .Add(new BatchRetagRules())
            );
    }
}

internal abstract class BatchActRules<T> : AbstractValidator<T>
    where T : BatchActOnArticle
{
    protected BatchActRules() => RuleFor(a => a.SlugOrId).NotEmpty().HasAtMost(ArticleLimits.Reference);
}

internal sealed class BatchCreateRules : AbstractValidator<BatchCreate>
{
    public BatchCreateRules()
    {
        RuleFor(a => a.Article).SetValidator(new ArticleInputRules());
        RuleFor(a => a.Note).HasAtMost(RevisionNote.MaxLength).IsLine();
    }
}

internal sealed class BatchChangeRules : BatchActRules<BatchChange>
{
    public BatchChangeRules()
    {
        RuleFor(a => a.Revision).GreaterThan(0);
        RuleFor(a => a.Note).HasAtMost(RevisionNote.MaxLength).IsLine();
    }
}

internal sealed class BatchPublishRules : BatchActRules<BatchPublish>
{
    public BatchPublishRules() => RuleFor(a => a.Revision).GreaterThan(0);
}

internal sealed class BatchUnpublishRules : BatchActRules<BatchUnpublish>
{
    public BatchUnpublishRules()
    {
        RuleFor(a => a.Revision).GreaterThan(0);
        RuleFor(a => a.With!).SetValidator(new UnpublishInputRules()).When(a => a.With is not null);
    }
}

internal sealed class BatchDeleteRules : BatchActRules<BatchDelete>
{
    public BatchDeleteRules() => RuleFor(a => a.Revision).GreaterThan(0);
}

internal sealed class BatchRetagRules : BatchActRules<BatchRetag>
{
    public BatchRetagRules()
    {
        RuleFor(a => a.Add).AtMost(ArticleLimits.Tags);
        RuleForEach(a => a.Add).NotEmpty().HasAtMost(ArticleLimits.TagName).IsLine();
        RuleFor(a => a.Remove).AtMost(ArticleLimits.Tags);
        RuleForEach(a => a.Remove).NotEmpty().HasAtMost(ArticleLimits.TagName).IsLine();
    }
}
