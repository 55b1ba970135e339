using System.Net;
using Cms.Access;
using Cms.Hosting;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Hosting;

public sealed class RateLimitTests
{
    [Fact]
    public async Task A_person_counts_once_whatever_tokens_and_addresses_the_requests_come_with()
    {
        using var limits = new RateLimits(new() { KeyRequestsPerMinute = 2 }, new FakeTimeProvider());
        var (mara, other) = (Guid.NewGuid(), Guid.NewGuid());

        Assert.True(await IsTakenAsync(mara, "Bearer first.token.of-hers", "192.0.2.1"));
        Assert.True(await IsTakenAsync(mara, "Bearer second.token.of-hers", "192.0.2.2"));
        Assert.False(await IsTakenAsync(mara, "Bearer third.token.of-hers", "192.0.2.3"));
        // Behind the same address as she.
        Assert.True(await IsTakenAsync(other, "Bearer first.token.of-another", "192.0.2.3"));

        async Task<bool> IsTakenAsync(Guid person, string token, string address)
        {
            var context = new DefaultHttpContext();
            context.Request.Path = "/v1/editorial/me";
            context.Request.Headers.Authorization = token;
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            context.Admit(
                new()
                {
                    Id = person,
                    Kind = ActorKind.Person,
                    Name = "Somebody",
                    Role = Role.Editor,
                    SectionIds = null,
                },
                "test"
            );
            var isTaken = false;
            try
            {
                await limits.BoundKeysAsync(
                    context,
                    _ =>
                    {
                        isTaken = true;
                        return Task.CompletedTask;
                    }
                );
            }
            catch (Refused refused)
            {
                Assert.Equal(ProblemKinds.TooManyRequests, refused.Kind);
            }
            return isTaken;
        }
    }
}
