using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>Addresses at which drafts can be read without a key, as readers will see them.</summary>
public sealed class ArticlePreviews
{
    private const string Path = "v1/editorial/articles/";
    private readonly DeskConnection _desk;

    internal ArticlePreviews(DeskConnection desk) => _desk = desk;

    /// <summary>Makes a preview. Only this answer has its token.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="preview">What it shows, and until when; null: the working copy, for seven days.</param>
    /// <param name="options">How it is made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<NewPreview> CreateAsync(
        SlugOrId slugOrId,
        PreviewDraft? preview = null,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PostAsync(
            new Address(Path, slugOrId.Value, "/previews"),
            DeskConnection.Json(preview ?? new(), DeskJson.Default.PreviewDraft),
            options,
            DeskJson.Default.NewPreview,
            cancellationToken
        );

    /// <summary>An article's previews, the newest first, without those that have ended.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="query">How to read the list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Preview> ListAsync(
        SlugOrId slugOrId,
        ListQuery? query = null,
        CancellationToken cancellationToken = default
    ) =>
        Reading.WalkAsync(
            (cursor, ct) =>
                _desk.PageAsync(
                    Wire.List(new Address(Path, slugOrId.Value, "/previews"), query, cursor),
                    DeskJson.Default.PreviewPage,
                    ct
                ),
            cancellationToken
        );

    /// <summary>Ends a preview.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="preview">The preview's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task RevokeAsync(SlugOrId slugOrId, Guid preview, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            new Address(Path, slugOrId.Value, $"/previews/{preview}"),
            revision: null,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );
}

/// <summary>What a preview shows, and until when.</summary>
public sealed record PreviewDraft
{
    /// <summary>The revision to show; null: the working copy, as it is when it is read.</summary>
    public int? Revision { get; init; }

    /// <summary>When it ends; null: after seven days.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it is for.</summary>
    public string? Note { get; init; }
}

/// <summary>An address at which a draft can be read as readers will see it.</summary>
public record Preview
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The revision that it shows; null: the working copy, as it is when it is read.</summary>
    public int? Revision { get; init; }

    /// <summary>What it is for.</summary>
    public string? Note { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public Actor? CreatedBy { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A new preview, with its token.</summary>
public sealed record NewPreview : Preview
{
    /// <summary>Where it can be read, relative to the server (<see cref="EditorialClient.Absolute"/>).</summary>
    public required string Url { get; init; }

    /// <summary>The last part of <see cref="Url"/>. It is not stored and cannot be shown again.</summary>
    public required string Token { get; init; }

    // A record prints its members, and this one holds a secret.
    /// <summary>The id.</summary>
    public override string ToString() => $"NewPreview {{ Id = {Id} }}";
}
