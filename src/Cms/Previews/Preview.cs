using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Previews;

/// <summary>An address at which a draft can be read as readers will see it.</summary>
internal record Preview
{
    public required Guid Id { get; init; }

    /// <summary>The revision that it shows; null: the working copy, as it is when it is read.</summary>
    public required int? Revision { get; init; }

    /// <summary>What it is for.</summary>
    /// <example>For the source, to check the quotes</example>
    public required string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required Actor? CreatedBy { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A new preview, with its token.</summary>
internal sealed record NewPreview : Preview
{
    /// <summary>Where it can be read, without a key.</summary>
    /// <example>/v1/previews/demo-preview-of-the-draft-interview</example>
    public required string Url { get; init; }

    /// <summary>The last part of `url`. It is not stored and cannot be shown again.</summary>
    /// <example>demo-preview-of-the-draft-interview</example>
    public required string Token { get; init; }
}

/// <summary>A preview as its statements give it.</summary>
internal sealed record PreviewRow
{
    public required Guid Id { get; init; }
    public required int? Revision { get; init; }
    public required string? Note { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? CreatedBy { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    public static readonly string Select = $"""
        select v.id, v.revision, v.note, v.created_at, v.expires_at,
               {Actors.Of("v.created_by")} created_by
        from previews v
        """;

    /// <summary>A page of a list of previews.</summary>
    public static async Task<IResult> ListAsync(
        KeysetList list,
        NpgsqlDataSource postgres,
        Cursors cursors,
        HttpContext http,
        IPageRequest request,
        Fields? fields,
        CancellationToken ct
    )
    {
        var (page, info) = await list.ReadAsync<PreviewRow>(
            postgres,
            cursors,
            request,
            row => (Json.Instant(row.CreatedAt), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<Preview> { Data = [.. page.Select(r => r.View())], Page = info },
                fields
            ),
            Link: Paging.Link(http.Request, info)
        );
    }

    public Preview View() =>
        new()
        {
            Id = Id,
            Revision = Revision,
            Note = Note,
            CreatedAt = CreatedAt,
            CreatedBy = CreatedBy is null ? null : Json.Read<Actor>(CreatedBy),
            ExpiresAt = ExpiresAt,
        };
}
