using Cms.Platform.Http.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Sync;

/// <summary>Who does not take what is sent is cut off; who takes it slowly is not.</summary>
public sealed class SlowClientTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Connection _connection = new();

    [Fact]
    public async Task A_client_that_takes_nothing_is_cut_off_when_its_time_is_over()
    {
        using var client = Client();
        const int length = 10 * SlowClient.MinBytesPerSecond;
        var sending = client.SendAsync([new byte[length]], length);

        // Ten seconds for the bytes, and the grace.
        _clock.Advance(TimeSpan.FromSeconds(10) + SlowClient.Grace - TimeSpan.FromMilliseconds(1));
        Assert.False(_connection.IsCutOff);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.True(_connection.IsCutOff);
    }

    [Fact]
    public async Task A_client_that_takes_all_in_time_may_then_be_silent_for_as_long_as_it_likes()
    {
        using var client = Client();
        for (var time = 0; time < 3; time++)
        {
            var sending = client.SendAsync([new byte[100]], 100);
            _clock.Advance(SlowClient.Grace);
            _connection.Take();
            await sending;
            _clock.Advance(TimeSpan.FromDays(1));
        }
        Assert.False(_connection.IsCutOff);
    }

    [Fact]
    public async Task A_long_answer_is_sent_in_slices()
    {
        using var client = Client();
        _connection.Take();
        const int length = 1_000_000;

        await client.SendAsync([new byte[length / 2], new byte[length / 2]], length);

        Assert.Equal(length, _connection.Written.Sum());
        Assert.All(_connection.Written, slice => Assert.InRange(slice, 1, 128 * 1024));
    }

    public void Dispose() => _connection.Dispose();

    private SlowClient Client()
    {
        var context = new DefaultHttpContext();
        context.Response.Body = _connection;
        context.Features.Set<IHttpRequestLifetimeFeature>(_connection);
        return new SlowClient(context, _clock);
    }

    /// <summary>A connection whose client takes what is written when the test says so.</summary>
    private sealed class Connection : MemoryStream, IHttpRequestLifetimeFeature
    {
        private readonly TaskCompletionSource _taken = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public List<int> Written { get; } = [];
        private readonly CancellationTokenSource _aborted = new();

        public bool IsCutOff => _aborted.IsCancellationRequested;

        public CancellationToken RequestAborted
        {
            get => _aborted.Token;
            set => throw new NotSupportedException();
        }

        public void Take() => _taken.TrySetResult();

        public void Abort() => _aborted.Cancel();

        protected override void Dispose(bool disposing)
        {
            _aborted.Dispose();
            base.Dispose(disposing);
        }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            Written.Add(buffer.Length);
            await _taken.Task.WaitAsync(cancellationToken);
        }
    }
}
