using System.Net;
using Cms.Platform.Outbound;
using Cms.Webhooks;

namespace Cms.Tests.Webhooks;

/// <summary>Addresses, signatures and waits, without a network.</summary>
public sealed class WebhookRulesTests
{
    [Theory]
    [InlineData("https://site.example/hook", null)]
    [InlineData("https://site.example:8443/hook?token=1", null)]
    [InlineData("https://müller.example/", null)]
    [InlineData("https://93.184.215.14/", null)]
    [InlineData("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", null)]
    [InlineData("http://site.example/hook", "insecure")]
    [InlineData("ftp://site.example/", "wrong-form")]
    [InlineData("file:///etc/passwd", "wrong-form")]
    [InlineData("javascript:alert(1)", "wrong-form")]
    [InlineData("https:site.example", "wrong-form")]
    [InlineData("https:/site.example", "wrong-form")]
    [InlineData("https:///hook", "wrong-form")]
    [InlineData("https://", "wrong-form")]
    [InlineData("https://site.example\\@127.0.0.1/", "wrong-form")]
    [InlineData("https://a b.example/", "wrong-form")]
    [InlineData(" https://site.example/", "wrong-form")]
    [InlineData("//site.example/", "wrong-form")]
    [InlineData("/hook", "wrong-form")]
    [InlineData("https://site.example/#part", "wrong-form")]
    [InlineData("https://user@site.example/", "user-info")]
    [InlineData("https://user:word@site.example/", "user-info")]
    [InlineData("https://site.example:22/", "forbidden-port")]
    [InlineData("https://site.example:0/", "forbidden-port")]
    [InlineData("https://localhost/", "private-address")]
    [InlineData("https://LocalHost./", "private-address")]
    [InlineData("https://api.localhost/", "private-address")]
    [InlineData("https://127.0.0.1/", "private-address")]
    [InlineData("https://127.1/", "private-address")]
    [InlineData("https://0x7f000001/", "private-address")]
    [InlineData("https://2130706433/", "private-address")]
    [InlineData("https://017700000001/", "private-address")]
    [InlineData("https://10.0.0.1/", "private-address")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "private-address")]
    [InlineData("https://[::1]/", "private-address")]
    [InlineData("https://[::ffff:10.0.0.1]/", "private-address")]
    public void An_address_is_https_and_of_the_public_internet(string url, string? code) =>
        Assert.Equal(
            code,
            PublicAddress.FindFault(url, new WebhookPolicy().Outbound, "https://x.example")?.Code
        );

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("93.184.215.14")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    [InlineData("2002:101:101::1")]
    public void An_address_of_the_public_internet_is_one(string address) =>
        Assert.True(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.0")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::101:101")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:c0a8:101::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Every_other_address_is_none(string address) =>
        Assert.False(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void A_signature_is_that_of_the_specification() =>
        // The example of the Standard Webhooks libraries.
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSecret.Sign(
                [Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                """{"test": 2432232314}"""
            )
        );

    [Fact]
    public void A_secret_is_new_and_of_256_bits()
    {
        Assert.Equal(32, WebhookSecret.Make().Length);
        Assert.NotEqual(WebhookSecret.Make(), WebhookSecret.Make());
    }

    [Fact]
    public void Waits_double_from_five_seconds_to_eight_hours_and_differ()
    {
        var policy = new WebhookPolicy();
        for (var failed = 1; failed < 60; failed++)
        {
            var step = Math.Min(5 * Math.Pow(2, failed - 1), 8 * 3600);
            var waits = Enumerable.Range(0, 50).Select(_ => policy.Backoff(failed).TotalSeconds).ToList();
            Assert.All(waits, w => Assert.InRange(w, step / 2, step));
            Assert.True(waits.Distinct().Count() > 40);
        }
    }

    [Fact]
    public void A_receiver_is_given_a_rest_only_when_it_is_in_trouble()
    {
        var policy = new WebhookPolicy();
        Assert.All(Enumerable.Range(0, 10), n => Assert.Equal(TimeSpan.Zero, policy.Rest(n)));
        Assert.All(Enumerable.Range(10, 1_000), n => Assert.InRange(policy.Rest(n).TotalSeconds, 0.5, 30));
        Assert.True(policy.Lease > policy.Timeout);
    }

    [Theory]
    [InlineData("article.published", true)]
    [InlineData("section.*", true)]
    [InlineData("content.*", true)]
    [InlineData("*", true)]
    [InlineData("article", false)]
    [InlineData("article.", false)]
    [InlineData("*.published", false)]
    [InlineData("webhook.ping", false)]
    [InlineData("webhook.*", false)]
    [InlineData("", false)]
    public void A_subscription_names_a_type_a_kind_or_everything(string text, bool expected) =>
        Assert.Equal(expected, EventTypes.IsSubscription(text));
}
