using System.Globalization;
using System.Net.Http.Headers;
using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>The newsroom's images.</summary>
public sealed class EditorialImages
{
    private const string Path = "v1/editorial/images";
    private readonly DeskConnection _desk;

    internal EditorialImages(DeskConnection desk) => _desk = desk;

    /// <summary>Uploads an image: JPEG, PNG, WebP, GIF or AVIF, at most 25 MiB.</summary>
    /// <param name="file">The file. It is read to its end first, since it may have to be sent again.</param>
    /// <param name="words">What the file is called, and what is said of it.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<EditorialImage> UploadAsync(
        Stream file,
        ImageDraft? words = null,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy, cancellationToken);
        return await _desk.PostAsync(
            new Address(Path),
            () => Form(copy.GetBuffer().AsMemory(0, (int)copy.Length), words ?? new ImageDraft()),
            options,
            DeskJson.Default.EditorialImage,
            cancellationToken
        );
    }

    /// <summary>An image.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialImage> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        _desk.GetAsync(
            new Address(Path + "/", id.ToString()),
            DeskJson.Default.EditorialImage,
            cancellationToken
        );

    /// <summary>An image; null if there is none with that id.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<EditorialImage?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        Reading.NullIfAbsentAsync(GetAsync(id, cancellationToken));

    /// <summary>All images, one after the other: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<EditorialImage> ListAsync(
        NameQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the images.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cursor">Of another page of the same query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<EditorialImage>> GetPageAsync(
        NameQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PageAsync(
            Wire.List(Path, query, cursor).With("q", query?.Words),
            DeskJson.Default.ImagePage,
            cancellationToken
        );

    /// <summary>Changes what is said of an image.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="revision">The revision that the change starts from.</param>
    /// <param name="patch">What is assigned is changed.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EditConflictException">Somebody has changed it since that revision.</exception>
    public Task<EditorialImage> ChangeAsync(
        Guid id,
        int revision,
        ImagePatch patch,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PatchAsync(
            new Address(Path + "/", id.ToString()),
            patch,
            revision,
            options,
            [],
            DeskJson.Default.EditorialImage,
            cancellationToken
        );

    /// <summary>Deletes an image that nothing uses.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="revision">The revision that it must have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InUseException">Something uses it.</exception>
    public Task DeleteAsync(Guid id, int revision, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            new Address(Path + "/", id.ToString()),
            revision,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );

    private static MultipartFormDataContent Form(ReadOnlyMemory<byte> file, ImageDraft words)
    {
        var form = new MultipartFormDataContent();
        var content = new ReadOnlyMemoryContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", words.FileName);
        Add("alt", words.Alt);
        Add("caption", words.Caption);
        Add("credit", words.Credit);
        Add("focalX", words.FocalPoint?.X.ToString(CultureInfo.InvariantCulture));
        Add("focalY", words.FocalPoint?.Y.ToString(CultureInfo.InvariantCulture));
        return form;

        void Add(string name, string? value)
        {
            if (value is not null)
                form.Add(new StringContent(value), name);
        }
    }
}

/// <summary>What a new image's file is called, and what is said of it.</summary>
public sealed record ImageDraft
{
    /// <summary>What the file is called.</summary>
    public string FileName { get; init; } = "image";

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
    public string? Credit { get; init; }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public FocalPoint? FocalPoint { get; init; }
}
