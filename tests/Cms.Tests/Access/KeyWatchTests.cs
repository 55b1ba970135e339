using Cms.Access;
using Cms.Platform.Http.Problems;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cms.Tests.Access;

public sealed class KeyWatchTests
{
    [Fact]
    public async Task What_was_read_for_a_key_that_has_ended_is_given_back()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Database=none;Timeout=1");
        using var watch = Watch(nowhere);
        using var key = watch.Watch(CallerOf(keyId: null, TimeProvider.System.GetUtcNow().AddDays(-1)));
        using var required = new Portion();
        using var looked = new Portion();

        Assert.Throws<Refused>(() => key.Require(required));
        await Assert.ThrowsAsync<Refused>(() => key.CheckAsync(looked));

        Assert.Equal((1, 1), (required.GivenBack, looked.GivenBack));
    }

    [Fact]
    public async Task What_was_read_is_given_back_where_nobody_can_say_whether_the_key_has_ended()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Database=none;Timeout=1");
        using var watch = Watch(nowhere);
        using var key = watch.Watch(CallerOf(Guid.NewGuid(), expiresAt: null));
        using var looked = new Portion();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => key.CheckAsync(looked));

        Assert.Equal(1, looked.GivenBack);
    }

    [Fact]
    public async Task What_was_read_for_a_key_that_is_good_is_kept()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Database=none;Timeout=1");
        using var watch = Watch(nowhere);
        using var key = watch.Watch(caller: null);
        using var read = new Portion();

        Assert.Same(read, key.Require(read));
        Assert.Same(read, await key.CheckAsync(read));

        Assert.Equal(0, read.GivenBack);
    }

    private static KeyWatch Watch(NpgsqlDataSource postgres) =>
        new(
            postgres,
            TimeProvider.System,
            NullLogger<KeyWatch>.Instance,
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance),
            TimeSpan.FromSeconds(15)
        );

    private static Caller CallerOf(Guid? keyId, DateTimeOffset? expiresAt) =>
        new()
        {
            Id = keyId,
            Name = "app",
            Role = Role.Reader,
            SectionIds = null,
            ExpiresAt = expiresAt,
        };

    private sealed class Portion : IDisposable
    {
        public int GivenBack { get; private set; }

        public void Dispose() => GivenBack++;
    }
}
