using System.Security.Cryptography;
using Cms.Access;
using CsCheck;

namespace Cms.Tests.Access;

public sealed class ApiKeyTests
{
    [Fact]
    public void A_key_that_was_made_is_parsed_and_verified()
    {
        Gen.Guid.Sample(id =>
        {
            var (token, hash) = ApiKey.Make(id);
            Assert.True(ApiKey.TryParse(token, out var parsed, out var secret));
            Assert.Equal(id, parsed);
            Assert.True(ApiKey.Verify(secret, hash));
            Assert.False(ApiKey.Verify(secret.ToUpperInvariant() + "x", hash));
            Assert.False(ApiKey.Verify(secret, SHA256.HashData(hash)));
            Assert.NotEqual(token, ApiKey.Make(id).Token);
        });
    }

    [Fact]
    public void One_changed_character_is_another_key() =>
        Gen.Select(Gen.Guid, Gen.Int[0, 100], Gen.Int[0, 21].Select(i => "0123456789abcdef_-xX \u0000é"[i]))
            .Sample(
                (id, at, other) =>
                {
                    var (token, hash) = ApiKey.Make(id);
                    if (token[at] == other)
                        return;
                    var forged = token[..at] + other + token[(at + 1)..];
                    Assert.False(
                        ApiKey.TryParse(forged, out var parsed, out var secret)
                            && parsed == id
                            && ApiKey.Verify(secret, hash)
                    );
                }
            );

    [Fact]
    public void Whatever_is_no_key_is_not_parsed() =>
        Gen.String.Sample(text => Assert.False(ApiKey.TryParse(text, out _, out _)));
}
