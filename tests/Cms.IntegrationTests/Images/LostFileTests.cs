using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Cms.Editorial.Upkeep;
using Cms.Images;
using Cms.Images.Renditions;
using Cms.Images.Storage;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Publishing.Renditions;
using FastEndpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cms.IntegrationTests.Images;

/// <summary>Files that go, or are not what was written.</summary>
public sealed class LostFileTests(CmsServer cms) : IDisposable
{
    private readonly string _root = TestFolders.Create();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_between_the_row_and_a_replaced_file_is_led_to_the_new_one(bool isRendition)
    {
        var id = await ImageAsync(Pictures.Png(40, 30));
        var answer = await AnswerAsync(id, isRendition, () => ReplaceAsync(id));
        var redirect = Assert.IsType<RedirectHttpResult>(answer);
        Assert.Equal(isRendition ? "w32-png-v2" : "original-v2", redirect.Url);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_between_the_row_and_a_deleted_file_is_told_that_there_is_none(bool isRendition)
    {
        var id = await ImageAsync(Pictures.Png(40, 30));
        var refused = await Assert.ThrowsAsync<Refused>(() =>
            AnswerAsync(
                id,
                isRendition,
                async () =>
                {
                    using var request = new HttpRequestMessage(
                        HttpMethod.Delete,
                        $"/v1/editorial/images/{id}"
                    );
                    request.Headers.Add("If-Match", "\"1\"");
                    using var deleted = await cms.Editor.SendAsync(request, Ct);
                    Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
                }
            )
        );
        Assert.Equal(ProblemKinds.NotFound, refused.Kind);
    }

    [Fact]
    public async Task A_file_that_is_missing_for_good_is_a_fault_of_the_server()
    {
        var id = await ImageAsync(Pictures.Png(40, 30));
        await Assert.ThrowsAsync<FileNotFoundException>(() =>
            AnswerAsync(id, isRendition: true, () => Task.CompletedTask)
        );
    }

    [Fact]
    public async Task A_move_writes_a_corrupt_file_of_the_right_length_anew()
    {
        var (from, to) = (new MediaStore(Folder()), new MediaStore(Folder()));
        var (name, file) = await FileAsync(from);
        await to.WriteAsync(name, new byte[file.Length], Ct);

        var moved = await new FileMove(Postgres, from, to).RunAsync(remove: true, _ => { }, Ct);

        Assert.Empty(moved.Corrupt);
        Assert.Equal(file, await to.ReadAsync(name, Ct));
        Assert.Null(await from.ReadAsync(name, Ct));
    }

    [Fact]
    public async Task A_move_goes_on_past_a_file_that_cannot_be_written_whole_and_leaves_it()
    {
        var from = new MediaStore(Folder());
        var (first, file) = await FileAsync(from);
        var (second, _) = await FileAsync(from);

        var moved = await new FileMove(Postgres, from, new LyingStore()).RunAsync(remove: true, _ => { }, Ct);

        Assert.Equal(
            new[] { first, second }.Order(StringComparer.Ordinal),
            moved.Corrupt.Order(StringComparer.Ordinal)
        );
        Assert.Equal(file, await from.ReadAsync(first, Ct));
    }

    private NpgsqlDataSource Postgres => cms.Services.GetRequiredService<NpgsqlDataSource>();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder() => Path.Combine(_root, Path.GetRandomFileName());

    private async Task<Guid> ImageAsync(byte[] file) =>
        (Guid)(await (await cms.Editor.UploadAsync(file)).ReadAsync(HttpStatusCode.Created))["id"]!;

    private async Task<(string Name, byte[] File)> FileAsync(FileStore store)
    {
        var id = await ImageAsync(Pictures.Png(Random.Shared.Next(20, 900), Random.Shared.Next(20, 900)));
        var file = await cms.Anonymous.GetByteArrayAsync($"/media/{id}/original", Ct);
        var name = Convert.ToHexStringLower(SHA256.HashData(file));
        await store.WriteAsync(name, file, Ct);
        return (name, file);
    }

    private async Task ReplaceAsync(Guid id)
    {
        using var file = new ByteArrayContent(Pictures.Png(60, 20));
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/editorial/images/{id}/file")
        {
            Content = new MultipartFormDataContent { { file, "file", "b.png" } },
        };
        request.Headers.Add("If-Match", "\"1\"");
        using var replaced = await cms.Editor.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
    }

    /// <summary>Answers a reader, for whom this happens after the row was read; the file is gone then.</summary>
    private async Task<IResult> AnswerAsync(Guid id, bool isRendition, Func<Task> meanwhile)
    {
        var services = cms.Services;
        var store = new GoneStore(meanwhile);
        var (files, clock) = (services.GetRequiredService<OpenFiles>(), TimeProvider.System);
        var context = new DefaultHttpContext { Request = { Method = "GET" }, RequestServices = services };
        if (!isRendition)
            return await new OriginalFiles(Postgres, store, files, clock).AnswerAsync(context, id, 1, Ct);
        using var renditions = new RenditionStore(Folder(), 1_000_000, clock);
        var endpoint = Factory.Create<GetRendition>(
            context,
            new RenditionLibrary(
                store,
                renditions,
                services.GetRequiredService<Admission>(),
                NullLogger<RenditionLibrary>.Instance
            ),
            services.GetRequiredService<KnownOriginals>(),
            services.GetRequiredService<RenditionRules>(),
            services.GetRequiredService<RenditionSignatures>(),
            files,
            clock
        );
        return await endpoint.ExecuteAsync(new() { ImageId = id, Rendition = "w32-png" }, Ct);
    }

    private abstract class EmptyStore : FileStore
    {
        public override string Place => "s3://empty";

        public override Task WriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
            Task.CompletedTask;

        public override Task DeleteAsync(string sha256, CancellationToken ct) => Task.CompletedTask;

        public override IAsyncEnumerable<StoredFile> ListAsync(CancellationToken ct) =>
            AsyncEnumerable.Empty<StoredFile>();
    }

    private sealed class GoneStore(Func<Task> meanwhile) : EmptyStore
    {
        public override async Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct)
        {
            await meanwhile();
            return null;
        }
    }

    /// <summary>Has the same bytes at every name.</summary>
    private sealed class LyingStore : EmptyStore
    {
        public override Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct) =>
            Task.FromResult<Stream?>(new MemoryStream([1]));
    }
}
