using Cms.Images;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Cms.Tests.Images;

public sealed class MediaAnswerTests
{
    [Fact]
    public async Task Those_who_wait_for_a_rendition_take_no_place_from_those_who_load_a_file()
    {
        using var files = new OpenFiles(1);
        var making = new TaskCompletionSource();

        var waits = AnswerAsync(files, making.Task);
        Assert.NotNull(await AnswerAsync(files, Task.CompletedTask));

        // The one place is taken now.
        making.SetResult();
        var refused = await Assert.ThrowsAsync<Refused>(() => waits);
        Assert.Equal(ProblemKinds.Overloaded, refused.Kind);
    }

    [Fact]
    public async Task Those_whose_file_opens_late_take_no_place_from_others_and_one_without_a_place_is_closed()
    {
        using var files = new OpenFiles(1);
        var opening = new TaskCompletionSource<(Stream, string)>();

        var waits = AnswerAsync(files, Task.CompletedTask, opening.Task);
        Assert.NotNull(await AnswerAsync(files, Task.CompletedTask));

        // The one place is taken now.
        using var content = new MemoryStream();
        opening.SetResult((content, "image/png"));
        var refused = await Assert.ThrowsAsync<Refused>(() => waits);
        Assert.Equal(ProblemKinds.Overloaded, refused.Kind);
        Assert.False(content.CanRead);
    }

    private static Task<IResult> AnswerAsync(
        OpenFiles files,
        Task making,
        Task<(Stream, string)>? opening = null
    ) =>
        MediaAnswer.OfAsync(
            new DefaultHttpContext { Request = { Method = "GET" } },
            Guid.CreateVersion7(),
            new string('a', 64),
            DateTimeOffset.UnixEpoch,
            files,
            () => making,
            () => opening ?? Task.FromResult<(Stream, string)>((new MemoryStream(), "image/png"))
        );
}
