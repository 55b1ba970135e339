using Cms.Platform;

namespace Cms.Images.Storage;

/// <summary>
/// Closes the media directory to other users of the machine at every start, since older versions left it open.
/// </summary>
internal sealed partial class MediaPrivacy(
    MediaStore store,
    IHostApplicationLifetime lifetime,
    ILogger<MediaPrivacy> log
) : BackgroundWork(lifetime)
{
    protected override Task WorkAsync(CancellationToken stoppingToken)
    {
        if (!store.IsPrivate)
            LogForeign();
        return Task.Run(
            () =>
            {
                try
                {
                    if (store.MakePrivate(stoppingToken) is > 0 and var mended)
                        LogMended(mended);
                }
                catch (IOException e)
                {
                    LogFailed(e);
                }
            },
            stoppingToken
        );
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Count} files and folders of the media directory were open to other users of this machine; "
            + "they no longer are"
    )]
    private partial void LogMended(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The media directory belongs to another user, so it cannot be closed to others: run all nodes "
            + "as the user that owns it"
    )]
    private partial void LogForeign();

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The media directory could not be searched for files that are open to other users"
    )]
    private partial void LogFailed(Exception exception);
}
