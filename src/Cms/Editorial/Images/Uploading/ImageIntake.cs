using Cms.Images.Files;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;

namespace Cms.Editorial.Images.Uploading;

/// <summary>
/// Takes in files, wherever they come from, and checks them: a few at a time, so that there are never more files in
/// memory than places.
/// </summary>
internal sealed class ImageIntake(ImageFetch fetch, Admission admission)
{
    /// <summary>The form around a file of the greatest size.</summary>
    public const long MaxFormBytes = ImageLimits.MaxBytes + (1024 * 1024);

    /// <summary>The file of a form.</summary>
    /// <exception cref="Refused">413, 415, 422: what is wrong with it; 503: too many others are checked.</exception>
    public async Task<TakenImage> TakeAsync(HttpContext context, IFormFile file, CancellationToken ct)
    {
        var place = await EnterAsync(context, ct);
        await using var content = file.OpenReadStream();
        return new(await ImageLibrary.InspectAsync(content, ct), FileNames.Of(file.FileName), place);
    }

    /// <summary>The file at an address.</summary>
    /// <exception cref="Refused">422: what is wrong with the address or its file; 503.</exception>
    public async Task<TakenImage> TakeAsync(HttpContext context, string url, CancellationToken ct)
    {
        await using var fetched = await FetchAsync(url, ct);
        var place = await EnterAsync(context, ct);
        return new(await ImageLibrary.InspectAsync(fetched, ct), fetched.FileName, place);
    }

    private async Task<IDisposable> EnterAsync(HttpContext context, CancellationToken ct)
    {
        var place = await admission.TakeAsync(Share.Uploads, ct);
        context.Response.RegisterForDispose(place);
        return place;
    }

    // Other servers may be slow: those who wait for them keep nobody from uploading.
    private async Task<FetchedImage> FetchAsync(string url, CancellationToken ct)
    {
        using var place = await admission.TakeAsync(Share.Fetches, ct);
        return await fetch.FetchAsync(url, ct);
    }
}

/// <summary>
/// A file that was checked, in memory. Its place is free for others when it is stored and disposed of.
/// </summary>
internal sealed record TakenImage(SoundFile File, string? FileName, IDisposable Place) : IDisposable
{
    public void Dispose() => Place.Dispose();
}
