using System.Text.Json.Nodes;
using Cms.Client.Editorial.Http;

namespace Cms.Client.Editorial;

/// <summary>One act of a batch.</summary>
public sealed class BatchAct
{
    private BatchAct(JsonObject json) => Json = json;

    /// <summary>As it is sent, for members that this client does not know.</summary>
    public JsonObject Json { get; }

    /// <summary>Opens an article as a draft.</summary>
    /// <param name="article">What it says.</param>
    /// <param name="publish">Whether it is published at once.</param>
    /// <param name="note">Why it was written, for the list of revisions.</param>
    public static BatchAct Create(ArticleDraft article, bool publish = false, string? note = null)
    {
        ArgumentNullException.ThrowIfNull(article);
        return Of("create", null)
            .With("article", Http.Json.Of(article, DeskJson.Default.ArticleDraft))
            .With("publish", publish)
            .With("note", note);
    }

    /// <summary>Saves a change as the next revision.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="revision">The revision that the change starts from.</param>
    /// <param name="patch">What is assigned is changed.</param>
    /// <param name="publish">Whether it is published at once.</param>
    /// <param name="note">Why it was changed, for the list of revisions.</param>
    public static BatchAct Change(
        SlugOrId slugOrId,
        int revision,
        ArticlePatch patch,
        bool publish = false,
        string? note = null
    )
    {
        ArgumentNullException.ThrowIfNull(patch);
        return Of("change", slugOrId)
            .With("revision", revision)
            .With("article", JsonNode.Parse(patch.ToJson()))
            .With("publish", publish)
            .With("note", note);
    }

    /// <summary>Publishes an article, now or later.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="publication">When and how; null: now, and for good.</param>
    /// <param name="ifRevision">The revision that it must have; null: whatever it has.</param>
    public static BatchAct Publish(
        SlugOrId slugOrId,
        Publication? publication = null,
        int? ifRevision = null
    ) =>
        Of("publish", slugOrId)
            .With("revision", ifRevision)
            .With("with", Http.Json.Of(publication, DeskJson.Default.Publication));

    /// <summary>Withdraws an article from readers, now or later.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="withdrawal">When, and what is said of it; null: now.</param>
    /// <param name="ifRevision">The revision that it must have; null: whatever it has.</param>
    public static BatchAct Unpublish(
        SlugOrId slugOrId,
        Withdrawal? withdrawal = null,
        int? ifRevision = null
    ) =>
        Of("unpublish", slugOrId)
            .With("revision", ifRevision)
            .With("with", Http.Json.Of(withdrawal, DeskJson.Default.Withdrawal));

    /// <summary>Moves an article to the trash.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="revision">The revision that it must have.</param>
    public static BatchAct Trash(SlugOrId slugOrId, int revision) =>
        Of("delete", slugOrId).With("revision", revision);

    /// <summary>Adds tags to an article and takes others away, whatever its revision is.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="add">Names or slugs of tags that it gets.</param>
    /// <param name="remove">Names or slugs of tags that it loses, where it has them.</param>
    /// <param name="publish">Whether it is published at once.</param>
    public static BatchAct Retag(
        SlugOrId slugOrId,
        IReadOnlyList<string>? add = null,
        IReadOnlyList<string>? remove = null,
        bool publish = false
    ) =>
        Of("retag", slugOrId)
            .With("add", Http.Json.Of(add, DeskJson.Default.IReadOnlyListString))
            .With("remove", Http.Json.Of(remove, DeskJson.Default.IReadOnlyListString))
            .With("publish", publish);

    private static BatchAct Of(string act, SlugOrId? slugOrId) =>
        new BatchAct(new JsonObject { ["act"] = act }).With("slugOrId", slugOrId?.Value);

    private BatchAct With(string name, JsonNode? value)
    {
        if (value is not null)
            Json[name] = value;
        return this;
    }
}

/// <summary>What became of a batch, or would.</summary>
public sealed record BatchResult
{
    /// <summary>Whether nothing was changed, and this is only what would happen.</summary>
    public required bool DryRun { get; init; }

    /// <summary>What became of each act, by its position.</summary>
    public required IReadOnlyList<BatchOutcome> Results { get; init; }
}

/// <summary>What became of an act, or would.</summary>
public sealed record BatchOutcome
{
    /// <summary>The article as it is after the whole batch; null: the act cannot be done.</summary>
    public BatchArticle? Article { get; init; }

    /// <summary>The parts of the body that are left out.</summary>
    public IReadOnlyList<BodyWarning> Warnings { get; init; } = [];

    /// <summary>Why the act cannot be done; null: it can.</summary>
    public ActProblem? Problem { get; init; }
}

/// <summary>An article after a batch.</summary>
public sealed record BatchArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug.</summary>
    public required string Slug { get; init; }

    /// <summary>Where it stands.</summary>
    public required ArticleStatus Status { get; init; }

    /// <summary>Number of its working copy.</summary>
    public required int Revision { get; init; }

    /// <summary>Number of the revision that readers see; null if they see none.</summary>
    public int? PublishedRevision { get; init; }
}

/// <summary>Why an act of a batch cannot be done.</summary>
public sealed record ActProblem
{
    /// <summary>The kind of problem, such as <see cref="ProblemCodes.WrongStatus"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The HTTP status with which it would have been refused by itself.</summary>
    public required int Status { get; init; }

    /// <summary>What was wrong, for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>The faults of what was sent, if it had any.</summary>
    public IReadOnlyList<ProblemFault> Errors { get; init; } = [];

    /// <summary>With <see cref="ProblemCodes.RevisionChanged"/>: the revision that the article has now.</summary>
    public int? CurrentRevision { get; init; }

    /// <summary>With <see cref="ProblemCodes.WrongStatus"/>: what may be done with the article now.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}

/// <summary>An act of a batch that was refused.</summary>
public sealed record RefusedAct
{
    /// <summary>Its position in the batch, from 0.</summary>
    public required int Act { get; init; }

    /// <summary>Why it cannot be done.</summary>
    public required ActProblem Problem { get; init; }
}
