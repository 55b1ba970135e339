using System.Net;
using Cms.Webhooks;
using Cms.Webhooks.Delivering;
using Microsoft.AspNetCore.Http;

namespace Cms.IntegrationTests.Webhooks;

/// <summary>Where a webhook may not go, and what it does not wait for or read.</summary>
public sealed class SenderTests(CmsServer cms)
{
    private static readonly WebhookPolicy Public = new() { AllowHttp = true };
    private static readonly WebhookPolicy Private = new()
    {
        AllowHttp = true,
        AllowPrivate = true,
        Timeout = TimeSpan.FromSeconds(1),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.1.2.3", "127.0.0.1", "fd00::1")]
    public async Task A_name_that_leads_inside_is_not_followed(params string[] addresses)
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new WebhookSender(
            Public,
            TimeProvider.System,
            (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())
        );
        var port = new Uri(receiver.Url).Port;

        var attempt = await sender.SendAsync(To($"http://hooks.example:{port}/"), Ct);

        Assert.Null(attempt.Status);
        Assert.Equal("hooks.example has no address of the public internet.", attempt.Error);
        Assert.Empty(receiver.All);
    }

    [Fact]
    public async Task A_name_is_resolved_for_each_connection_and_what_it_means_then_counts()
    {
        // Rebinding: it leads outside when it is looked at, and inside when it is used. There is one look, and it is
        // the one that is used.
        await using var receiver = await Receiver.StartAsync(
            (context, _) =>
            {
                context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            }
        );
        var looks = 0;
        using var open = new WebhookSender(
            Private with
            {
                Timeout = TimeSpan.FromSeconds(20),
            },
            TimeProvider.System,
            (_, _) =>
            {
                looks++;
                return Task.FromResult(new[] { IPAddress.Loopback });
            }
        );
        var url = $"http://hooks.example:{new Uri(receiver.Url).Port}/";
        Assert.Equal(200, (await open.SendAsync(To(url), Ct)).Status);
        Assert.Equal(200, (await open.SendAsync(To(url), Ct)).Status);
        Assert.Equal(2, looks);

        var answers = new Queue<IPAddress>([IPAddress.Parse("93.184.215.14"), IPAddress.Loopback]);
        using var strict = new WebhookSender(
            Public with
            {
                // Nobody is to be waited for outside; but the second look must come to its end on a busy machine too.
                ConnectTimeout = TimeSpan.FromMilliseconds(250),
            },
            TimeProvider.System,
            (_, _) => Task.FromResult(new[] { answers.Dequeue() })
        );
        await strict.SendAsync(To(url), Ct);
        Assert.Equal(
            "hooks.example has no address of the public internet.",
            (await strict.SendAsync(To(url), Ct)).Error
        );
        Assert.Equal(2, receiver.All.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/", "The address must be one of the public internet.")]
    [InlineData("http://2130706433:{0}/", "The address must be one of the public internet.")]
    [InlineData("http://0x7f.1:{0}/", "The address must be one of the public internet.")]
    [InlineData("http://[::1]:{0}/", "The address must be one of the public internet.")]
    [InlineData("http://localhost:{0}/", "The address must be one of the public internet.")]
    public async Task An_address_that_was_written_when_it_was_allowed_is_not_used_when_it_is_not(
        string address,
        string error
    )
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new WebhookSender(Public, TimeProvider.System);
        var url = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            address,
            new Uri(receiver.Url).Port
        );
        Assert.Equal(error, (await sender.SendAsync(To(url), Ct)).Error);
        using var secure = new WebhookSender(new WebhookPolicy { AllowPrivate = true }, TimeProvider.System);
        Assert.Equal("The address must be https.", (await secure.SendAsync(To(url), Ct)).Error);
        Assert.Empty(receiver.All);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_failures_and_are_not_followed(int status)
    {
        await using var target = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync(
            (context, _) =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = target.Url;
                return Task.CompletedTask;
            }
        );
        var pong = await cms.PingAsync(await cms.HookAsync(receiver.Url, "article.deleted"));
        Assert.Equal((false, status), ((bool)pong["succeeded"]!, (int)pong["status"]!));
        Assert.Empty(target.All);
    }

    [Fact]
    public async Task Of_an_answer_without_end_the_beginning_is_read()
    {
        var hungUp = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(
            async (context, _) =>
            {
                var block = new byte[16 * 1024];
                Array.Fill(block, (byte)'x');
                try
                {
                    while (!context.RequestAborted.IsCancellationRequested)
                        await context.Response.Body.WriteAsync(block, context.RequestAborted);
                }
                finally
                {
                    hungUp.SetResult();
                }
            }
        );
        using var sender = new WebhookSender(
            Private with
            {
                Timeout = TimeSpan.FromSeconds(20),
            },
            TimeProvider.System
        );
        var attempt = await sender.SendAsync(To(receiver.Url), Ct);
        Assert.True(attempt.Succeeded);
        Assert.Equal(new string('x', 2_048), attempt.Answer);
        Assert.True(attempt.Duration < TimeSpan.FromSeconds(10));
        // The rest is not waited for, nor kept: while the sender lives, and does nothing more.
        await Wait.UntilAsync("the sender hangs up", () => hungUp.Task.IsCompleted);
    }

    [Fact]
    public async Task A_receiver_that_says_nothing_is_not_waited_for()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((_, _) => release.Task);
        using var sender = new WebhookSender(Private, TimeProvider.System);
        var attempt = await sender.SendAsync(To(receiver.Url), Ct);
        release.SetResult();
        Assert.Equal((null, "There was no answer within 1 seconds."), (attempt.Status, attempt.Error));
        Assert.InRange(attempt.Duration, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_body_that_never_comes_takes_nothing_from_the_status()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(
            async (context, _) =>
            {
                await context.Response.WriteAsync("thank", Ct);
                await context.Response.Body.FlushAsync(Ct);
                await release.Task;
            }
        );
        using var sender = new WebhookSender(
            Private with
            {
                Timeout = TimeSpan.FromSeconds(5),
            },
            TimeProvider.System
        );
        var attempt = await sender.SendAsync(To(receiver.Url), Ct);
        release.SetResult();
        Assert.Equal((200, "thank", null), (attempt.Status, attempt.Answer, attempt.Error));
    }

    private static Message To(string url) =>
        new()
        {
            Url = url,
            EventId = Guid.CreateVersion7(),
            Body = "{}",
            Secrets = [WebhookSecret.Make()],
        };
}
