using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cms.Tests.Platform;

/// <summary>Whoever has the token of a preview can read the draft: it must not stand in the log.</summary>
public sealed class PreviewLogTests
{
    private const string Token = "oAi7C9Hi9M1hS4wjTpcYdc";

    public static TheoryData<string, Exception> Failures =>
        new()
        {
            { $"/v1/previews/{Token}", new InvalidOperationException("It broke.") },
            { $"/V1/Previews/{Token}/articles", new InvalidOperationException("It broke.") },
            { $"/v1/previews/{Token}/articles/a-slug", new NpgsqlException("The database is away.") },
            { $"/v1/previews/{Token}", new Refused(ProblemKinds.Overloaded, "Too many.") },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Failures))]
    public async Task The_log_does_not_name_the_token_of_a_preview_that_failed(string path, Exception failure)
    {
        var log = new Lines();
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = path;
        // As if it declared no refusal.
        context.SetEndpoint(new(null, new(new RefusalMetadata([])), "GET /v1/previews/{token}"));

        await new ErrorBoundary(_ => throw failure, log).InvokeAsync(context);

        Assert.DoesNotContain(Token, Assert.Single(log.All), StringComparison.Ordinal);
        Assert.True(context.Response.StatusCode >= 500);
    }

    private sealed class Lines : ILogger<ErrorBoundary>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Add($"{formatter(state, exception)} {exception}");
    }
}
