using System.Text.Json;
using Cms.Access;
using Cms.Access.People;
using Cms.Platform.Unicode;

namespace Cms.Tests.Access;

public sealed class TokenClaimsTests
{
    private static readonly TokenPolicy Plain = new()
    {
        Authority = new("https://login.example"),
        Audience = "cms",
        NameClaim = "name",
        RoleClaim = "roles",
        Roles = null,
        SectionsClaim = null,
    };

    [Theory]
    [InlineData("""{ "roles": "editor" }""", Role.Editor)]
    [InlineData("""{ "roles": ["viewer", "editor", "unknown", 7] }""", Role.Editor)]
    [InlineData("""{ "roles": ["admin", "reader"] }""", Role.Admin)]
    public void The_highest_role_counts(string claims, object role) =>
        Assert.Equal(role, (object?)Read(claims, Plain).Claims?.Role);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "roles": [] }""")]
    [InlineData("""{ "roles": null }""")]
    [InlineData("""{ "roles": "EDITOR" }""")]
    [InlineData("""{ "roles": "3" }""")]
    [InlineData("""{ "roles": { "editor": true } }""")]
    public void Without_a_role_there_is_nobody(string claims) =>
        Assert.Contains("no role", Read(claims, Plain).Fault, StringComparison.Ordinal);

    [Fact]
    public void Where_values_are_mapped_a_group_called_admin_is_none()
    {
        var mapped = Plain with { Roles = new Dictionary<string, Role> { ["newsdesk"] = Role.Editor } };

        Assert.Equal(Role.Editor, Read("""{ "roles": ["admin", "newsdesk"] }""", mapped).Claims?.Role);
        Assert.Null(Read("""{ "roles": ["admin"] }""", mapped).Claims);
    }

    [Theory]
    [InlineData("realm_access.roles", """{ "realm_access": { "roles": ["editor"] } }""")]
    [InlineData("https://news.example/roles", """{ "https://news.example/roles": "editor" }""")]
    [InlineData("a.b", """{ "a.b": "editor", "a": { "b": "admin" } }""")]
    public void A_claim_is_found_by_its_name_or_its_way(string claim, string claims) =>
        Assert.Equal(Role.Editor, Read(claims, Plain with { RoleClaim = claim }).Claims?.Role);

    [Theory]
    [InlineData("""{ "desks": ["power", "chips"] }""", "power,chips")]
    [InlineData("""{ "desks": "power" }""", "power")]
    [InlineData("""{ "desks": ["power", "*"] }""", null)]
    public void Sections_are_named_or_all(string claims, string? sections)
    {
        var read = Read(WithRole(claims), Plain with { SectionsClaim = "desks" });

        Assert.NotNull(read.Claims);
        Assert.Equal(sections, read.Claims.Sections is { } named ? string.Join(',', named) : null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "desks": [] }""")]
    [InlineData("""{ "desks": null }""")]
    public void A_missing_claim_of_sections_limits_to_nothing(string claims) =>
        Assert.Contains(
            "no sections",
            Read(WithRole(claims), Plain with { SectionsClaim = "desks" }).Fault,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("""{ "name": " Mara  " }""", "Mara")]
    [InlineData("""{ "preferred_username": "mara" }""", "mara")]
    [InlineData("""{ "name": "a\u0000b", "email": "mara@example" }""", "mara@example")]
    [InlineData("""{ "name": "" }""", "subject")]
    public void Somebody_is_called_by_what_there_is(string claims, string name) =>
        Assert.Equal(name, Read(WithRole(claims), Plain).Claims?.Name);

    [Fact]
    public void A_very_long_name_is_cut_between_characters()
    {
        var name = new string('a', 99) + "👩‍🚀 and more";

        var read = Read(WithRole(JsonSerializer.Serialize(new { name })), Plain).Claims!.Name;

        Assert.Equal(new string('a', 99) + "👩", read);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("👩\u200d🚀")]
    [InlineData("e\u0301\u0327")]
    public void A_hostile_name_costs_no_more_than_its_length(string part)
    {
        var claims = WithRole(
            JsonSerializer.Serialize(new { name = string.Concat(Enumerable.Repeat(part, 5_000)) })
        );
        Read(claims, Plain);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var name = Read(claims, Plain).Claims!.Name;

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
        Assert.InRange(Text.Length(name), 90, 100);
    }

    [Theory]
    [InlineData("""{ "sub": "", "roles": "editor" }""")]
    [InlineData("""{ "sub": 7, "roles": "editor" }""")]
    [InlineData("""{ "sub": "a\u0000", "roles": "editor" }""")]
    public void Nobody_in_particular_is_refused(string claims) =>
        Assert.Contains("sub must be", Read(claims, Plain).Fault, StringComparison.Ordinal);

    private static string WithRole(string claims) =>
        $$"""{ "roles": "viewer", {{claims.Trim()[1..^1]}} }""".Replace(", }", "}", StringComparison.Ordinal);

    private static (TokenClaims? Claims, string Fault) Read(string claims, TokenPolicy policy)
    {
        var inner = claims.Trim()[1..^1].Trim().TrimEnd(',');
        if (!inner.Contains("\"sub\"", StringComparison.Ordinal))
            inner = $"\"sub\": \"subject\"{(inner == "" ? "" : ", ")}{inner}";
        using var payload = JsonDocument.Parse($$"""{ "iss": "https://login.example", {{inner}} }""");
        return TokenClaims.TryRead(payload.RootElement, policy, out var read, out var fault)
            ? (read, "")
            : (null, fault);
    }
}
