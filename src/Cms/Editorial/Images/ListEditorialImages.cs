using System.Globalization;
using System.Text.Json.Serialization;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>How the library can be sorted; a minus means descending.</summary>
internal enum ImageSort
{
    [JsonStringEnumMemberName("-createdAt")]
    NewestFirst,

    [JsonStringEnumMemberName("createdAt")]
    OldestFirst,

    [JsonStringEnumMemberName("-updatedAt")]
    LastUpdatedFirst,

    [JsonStringEnumMemberName("updatedAt")]
    FirstUpdatedFirst,

    [JsonStringEnumMemberName("-usageUntil")]
    LastEndingFirst,

    [JsonStringEnumMemberName("usageUntil")]
    FirstEndingFirst,
}

/// <summary>Lists images with their revisions</summary>
/// <remarks>
/// The newest come first. Sorted by `usageUntil`, the list has only those whose rights end. To see what loses its
/// picture, ask for `usageUntilAfter` and `usageUntilBefore` with `unused=false`, and for the articles of each
/// (`/v1/editorial/images/{id}/articles`).
/// </remarks>
internal sealed class ListEditorialImages(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ListEditorialImagesRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/images");
        Permissions(Permission.ReadDesk);
        Answers<Paged<EditorialImage>>(200, ResourceRefusals.List);
    }

    public override async Task<IResult> ExecuteAsync(ListEditorialImagesRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<EditorialImage>(request.Fields);
        var caller = HttpContext.Caller();
        var (column, keyOf) = KeyOf(request.Sort);
        var words = ResourceList.Patterns(request.Q);
        var list = new KeysetList
        {
            Name = request.Name(caller),
            Select = EditorialImageRow.Select,
            Key = column,
            KeyType = "timestamptz",
            Id = "r.id",
            Descending =
                request.Sort
                    is ImageSort.NewestFirst
                        or ImageSort.LastUpdatedFirst
                        or ImageSort.LastEndingFirst,
            Where = string.Join(
                " and ",
                new[]
                {
                    column == "r.usage_until" ? "r.usage_until is not null" : null,
                    // One by one: PostgreSQL does not look for "all" of a list in an index.
                    words.Length == 0
                        ? null
                        : string.Join(
                            " and ",
                            Enumerable
                                .Range(1, words.Length)
                                .Select(n => $"{Words} ilike (@Words::text[])[{n}]")
                        ),
                    request.Unused is { } unused
                        ? unused
                            ? $"not ({IsUsed})"
                            : $"({IsUsed})"
                        : null,
                    request.UsageUntilBefore is null ? null : "r.usage_until < @Before",
                    request.UsageUntilAfter is null ? null : "r.usage_until >= @After",
                    caller.SectionIds is null ? null : Resource.Image.Sees("r"),
                    "true",
                }.OfType<string>()
            ),
            Arguments = new
            {
                Words = words,
                Before = request.UsageUntilBefore,
                After = request.UsageUntilAfter,
                Reach = Reach.Of(caller),
            },
        };
        var (page, info) = await list.ReadAsync<EditorialImageRow>(
            postgres,
            cursors,
            request,
            row => (Json.Instant(keyOf(row)), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<EditorialImage> { Data = [.. page.Select(row => row.View())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    private static (string Column, Func<EditorialImageRow, DateTimeOffset> Of) KeyOf(ImageSort sort) =>
        sort switch
        {
            ImageSort.NewestFirst or ImageSort.OldestFirst => ("r.created_at", row => row.CreatedAt),
            ImageSort.LastUpdatedFirst or ImageSort.FirstUpdatedFirst => (
                "r.updated_at",
                row => row.UpdatedAt
            ),
            _ => ("r.usage_until", row => row.UsageUntil!.Value),
        };

    /// <summary>What <c>q</c> looks into, as the index <c>images_by_likeness</c> has it.</summary>
    private const string Words = """
        (coalesce(r.file_name, '') || ' ' || coalesce(r.title, '') || ' ' || coalesce(r.alt, '') || ' '
            || coalesce(r.caption, '') || ' ' || coalesce(r.credit, ''))
        """;

    /// <summary>What keeps an image from being deleted.</summary>
    private const string IsUsed = """
        exists (select from article_images u where u.image_id = r.id)
        or exists (select from published_article_images u where u.image_id = r.id)
        or exists (select from authors a where a.avatar_image_id = r.id)
        """;
}

internal sealed record ListEditorialImagesRequest : PageRequest
{
    /// <summary>Words of the caption, credit, alternative text, title or file name, each as any part of them.</summary>
    [QueryParam]
    public string? Q { get; init; }

    /// <summary>What the list is sorted by; a minus puts the greatest first.</summary>
    [QueryParam]
    public ImageSort Sort { get; init; }

    /// <summary>
    /// True: only those that nothing uses, which can be deleted. False: only those that something uses.
    /// </summary>
    [QueryParam]
    public bool? Unused { get; init; }

    /// <summary>Only those whose rights end, or ended, before this time.</summary>
    [QueryParam]
    public DateTimeOffset? UsageUntilBefore { get; init; }

    /// <summary>Only those whose rights end, or ended, at this time or later.</summary>
    [QueryParam]
    public DateTimeOffset? UsageUntilAfter { get; init; }

    /// <summary>Return only these fields, such as `id,updatedAt`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }

    public string Name(Caller caller) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"desk images|{CursorName.Of(Q is null ? null : new[] { Q })}|{Sort}|{Unused}|"
                + $"{UsageUntilBefore?.UtcTicks}|{UsageUntilAfter?.UtcTicks}|{CursorName.Of(caller.SectionIds)}"
        );
}

internal sealed class ListEditorialImagesRules : AbstractValidator<ListEditorialImagesRequest>
{
    public ListEditorialImagesRules()
    {
        this.HasPage();
        RuleFor(r => r.Q).HasAtMost(200);
    }
}
