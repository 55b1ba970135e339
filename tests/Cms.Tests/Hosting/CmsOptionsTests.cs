using Cms.Access;
using Cms.Hosting;
using Cms.Platform;
using Microsoft.Extensions.Configuration;

namespace Cms.Tests.Hosting;

/// <summary>Settings are read, or refused in a sentence.</summary>
public sealed class CmsOptionsTests
{
    [Fact]
    public void What_is_not_set_has_its_default() => Assert.Equal(new CmsOptions(), Read());

    [Fact]
    public void What_is_empty_is_not_set() =>
        Assert.Equal(
            new CmsOptions(),
            Read(("MaxAge", ""), ("MediaDirectory", ""), ("EditorialOrigins", ""), ("SearchLanguage", ""))
        );

    [Theory]
    [InlineData("https://images.example", "is 'https://images.example', which is not a host")]
    [InlineData("images.example/a", "is 'images.example/a', which is not a host")]
    [InlineData("*.", "is '*.', which is not a host")]
    [InlineData("*", "is '*', which is not a host")]
    public void A_host_is_a_name_or_a_star_before_one(string host, string reason) =>
        Assert.Contains(
            "Cms__ExternalImageHosts__0 " + reason,
            Assert.Throws<SettingException>(() => Read(("ExternalImageHosts:0", host))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void None_stands_alone()
    {
        Assert.Equal(["none"], Read(("EmbedHosts:0", "none")).EmbedHosts!);
        Assert.Throws<SettingException>(() => Read(("EmbedHosts:0", "a.example"), ("EmbedHosts:1", "none")));
    }

    [Theory]
    [InlineData("PublicUrl", "api.example", "is 'api.example', which is not an origin")]
    [InlineData("MediaUrl", "ftp://media.example", "is 'ftp://media.example', which is not an origin")]
    [InlineData("MediaUrl", "https://media.example?a=1", "which is not an origin")]
    [InlineData("SiteUrl", "site.example", "is 'site.example', which is not an origin")]
    [InlineData("ArticlePath", "articles/{slug}", "which does not begin with one slash")]
    [InlineData("ArticlePath", "/articles", "which has neither {slug} nor {id}")]
    [InlineData(
        "ArticlePath",
        "/{category}/{slug}",
        "which has {category}: known are {slug}, {id}, {section}, {year}"
    )]
    [InlineData("SectionPath", "/{section}/{slug}", "which has {section}: known are {slug}, {id}")]
    [InlineData("TagPath", "/tags/{slug}}", "which has a brace without its other")]
    [InlineData("MediaStore", "pictures/originals", "which is no place in S3")]
    [InlineData("S3AccessKey", "key", "belong together")]
    [InlineData("RenditionWidths:0", "wide", "is 'wide': it must be a whole number between 1 and 32767")]
    [InlineData("RenditionWidths:0", "0", "is '0': it must be a whole number")]
    public void Addresses_places_and_widths_are_checked(string setting, string value, string reason) =>
        Assert.Contains(
            reason,
            Assert.Throws<SettingException>(() => Read((setting, value))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_check_that_is_required_is_one_that_there_is() =>
        Assert.Contains(
            "Cms__RequiredToPublish__1 is 'no-luck', which is none of no-author,",
            Assert
                .Throws<SettingException>(() =>
                    Read(("RequiredToPublish:0", "no-deck"), ("RequiredToPublish:1", "no-luck"))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("http://login.example", "cms", "x=editor", "which is not an address of a provider")]
    [InlineData("login.example", "cms", "x=editor", "which is not an address of a provider")]
    [InlineData(
        "https://user:secret@login.example",
        "cms",
        "x=editor",
        "which is not an address of a provider"
    )]
    [InlineData("https://login.example", "", "x=editor", "Cms__OidcAudience is missing")]
    [InlineData("", "cms", "x=editor", "Cms__OidcAuthority is missing")]
    [InlineData("https://login.example", "cms", "editor", "Cms__OidcRoles__0 is 'editor': write value=role")]
    [InlineData("https://login.example", "cms", "x=boss", "Cms__OidcRoles__0 is 'x=boss': write value=role")]
    [InlineData("https://login.example", "cms", "x=4", "Cms__OidcRoles__0 is 'x=4': write value=role")]
    [InlineData("https://login.example", "cms", "x=", "Cms__OidcRoles__0 is 'x=': write value=role")]
    public void What_people_come_with_is_said_completely(
        string authority,
        string audience,
        string role,
        string reason
    ) =>
        Assert.Contains(
            reason,
            Assert
                .Throws<SettingException>(() =>
                    Read(("OidcAuthority", authority), ("OidcAudience", audience), ("OidcRoles:0", role))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("https://login.example/newsroom")]
    [InlineData("http://localhost:5000")]
    public void A_provider_is_https_or_on_this_machine(string authority)
    {
        var tokens = Read(
            ("OidcAuthority", authority),
            ("OidcAudience", "cms"),
            ("OidcRoles:0", "cn=desk,dc=example=editor")
        ).Tokens!;

        Assert.Equal(Role.Editor, tokens.RoleOf("cn=desk,dc=example"));
        Assert.Null(tokens.RoleOf("admin"));
    }

    [Fact]
    public void What_is_set_is_read()
    {
        var options = Read(
            ("MaxAge", "60"),
            ("longestwait", "0.5"),
            ("Metrics", "false"),
            ("SearchLanguage", "german"),
            ("EditorialOrigins:0", "https://desk.example"),
            ("EditorialOrigins:1", "https://other.example")
        );

        Assert.Equal(60, options.MaxAge);
        Assert.Equal(0.5, options.LongestWait);
        Assert.False(options.Metrics);
        Assert.Equal("german", options.SearchLanguage);
        Assert.Equal(["https://desk.example", "https://other.example"], options.EditorialOrigins);
        Assert.Equal(new CmsOptions().StaleIfError, options.StaleIfError);
    }

    [Theory]
    [InlineData("MaxAgee", "60", "There is no setting Cms__MaxAgee.")]
    [InlineData("MostStreams", "60", "There is no setting Cms__MostStreams.")]
    [InlineData("MaxAge", "soon", "Cms__MaxAge is 'soon', which is not a whole number that fits.")]
    [InlineData("maxage", "1.5", "Cms__MaxAge is '1.5', which is not a whole number that fits.")]
    [InlineData(
        "MaxAge",
        "3000000000",
        "Cms__MaxAge is '3000000000', which is not a whole number that fits."
    )]
    [InlineData("MaxAge", "-1", "Cms__MaxAge is -1: it must be between 0 and 2147483647.")]
    [InlineData("MaxAge:0", "1", "Cms__MaxAge is one value, not several.")]
    [InlineData("LongestWait", "NaN", "Cms__LongestWait is NaN: it must be between 0 and 86400.")]
    [InlineData("LongestWait", "1,5s", "Cms__LongestWait is '1,5s', which is not a number.")]
    [InlineData("HeartbeatSeconds", "0", "Cms__HeartbeatSeconds is 0: it must be between 1 and 86400.")]
    [InlineData("DeletionDays", "99999999", "Cms__DeletionDays is 99999999: it must be between 0 and 36500.")]
    [InlineData(
        "ConcurrentReads",
        "2147483647",
        "Cms__ConcurrentReads is 2147483647: it must be between 0 and 100000."
    )]
    [InlineData("Metrics", "on", "Cms__Metrics is 'on', which is not true or false.")]
    [InlineData(
        "EditorialOrigins",
        "https://desk.example",
        "Cms__EditorialOrigins is a list: set Cms__EditorialOrigins__0, Cms__EditorialOrigins__1 and so on."
    )]
    public void What_cannot_be_is_refused_in_a_sentence(string name, string value, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<SettingException>(() => Read((name, value))).Message);

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Loud")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore", "Warn")]
    [InlineData("Logging:LogLevel:Microsoft:AspNetCore", "Warn")]
    [InlineData("Logging:Console:LogLevel:Default", "Loud")]
    public void A_level_that_the_log_does_not_have_is_refused_in_a_sentence(string name, string value)
    {
        Assert.Equal(
            $"{name.Replace(":", "__", StringComparison.Ordinal)} is '{value}', which is none of Trace, "
                + "Debug, Information, Warning, Error, Critical, None.",
            Assert.Throws<SettingException>(() => ReadAll((name, value))).Message
        );
        Assert.Equal(new CmsOptions(), ReadAll((name, "warning")));
        Assert.Equal(new CmsOptions(), ReadAll((name, "")));
    }

    private static CmsOptions Read(params (string Name, string Value)[] settings) =>
        ReadAll([.. settings.Select(s => ("Cms:" + s.Name, s.Value))]);

    private static CmsOptions ReadAll(params (string Name, string Value)[] settings) =>
        CmsOptions.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)))
                .Build()
        );
}
