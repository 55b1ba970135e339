using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Images;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using Npgsql;

namespace Cms.Delivery.Images;

/// <summary>Returns an image with its texts and size</summary>
/// <remarks>
/// Alt, caption, credit, size and focal point of an image that something published uses: an article, or an author as
/// their picture. Before that it is 404, since its caption may reveal an unpublished story. An image that appears only
/// behind the wall is 404 too, unless the key may read there. The file is at `url`.
/// </remarks>
internal sealed class GetImage(DeliveryDatabase database, CachePolicy cache)
    : DeliverySlice<GetImageRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/images/{id}");
        Answers<ImageView>(200, ProblemKinds.NotFound, ProblemKinds.Unauthenticated);
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        GetImageRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<ImageView>(request.Fields);
        var caller = HttpContext.FindCaller();
        var row =
            await postgres.FindAsync<ImageRow>(
                $"{SelectImage} and {Wall.MaySeeImage(caller)}",
                new { request.Id, Reach = Wall.ReachOf(caller) },
                ct
            ) ?? throw Refused.NotFound("published image", request.Id.ToString());
        return new Document(
            Fields.Write(Json.Read<ImageView>(row.Image).In(ImageForm.Full), fields),
            row.ChangedAt,
            cache.For(caller)
        )
        {
            CacheTags = [$"image:{request.Id}"],
            VariesByKey = true,
        };
    }

    private const string SelectImage = $"""
        select {ImageJson.Object} image,
               {LastChange.Column}
        from published_images i where i.id = @Id
        """;

    private sealed record ImageRow
    {
        public required string Image { get; init; }
        public required DateTimeOffset ChangedAt { get; init; }
    }
}

internal sealed record GetImageRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    /// <summary>Return only these fields, such as `url,alt`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}
