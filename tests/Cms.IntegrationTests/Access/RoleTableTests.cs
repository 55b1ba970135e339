using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Cms.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Access;

/// <summary>
/// Who may call what, said a second time and independently of the server: two tables that must agree.
/// </summary>
public sealed partial class RoleTableTests(CmsServer cms)
{
    private const string Anyone = "anyone";
    private static readonly string[] Ranks = [Anyone, "reader", "viewer", "contributor", "editor", "admin"];

    /// <summary>
    /// Every endpoint of the desk, and the lowest role that it admits. A new endpoint belongs here before it is
    /// released.
    /// </summary>
    private static readonly Dictionary<string, string> LowestRole = new(StringComparer.Ordinal)
    {
        ["GET /v1/editorial/articles"] = "viewer",
        ["POST /v1/editorial/articles"] = "contributor",
        ["GET /v1/editorial/articles/{slugOrId}"] = "viewer",
        ["PATCH /v1/editorial/articles/{slugOrId}"] = "contributor",
        ["DELETE /v1/editorial/articles/{slugOrId}"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/submit"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/reject"] = "editor",
        ["POST /v1/editorial/articles/{slugOrId}/cancel-schedule"] = "editor",
        ["GET /v1/editorial/articles/{slugOrId}/checks"] = "viewer",
        ["POST /v1/editorial/articles/{slugOrId}/publish"] = "editor",
        ["POST /v1/editorial/articles/{slugOrId}/unpublish"] = "editor",
        ["PUT /v1/editorial/articles/{slugOrId}/assignment"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/restore"] = "contributor",
        ["GET /v1/editorial/articles/{slugOrId}/revisions"] = "viewer",
        ["GET /v1/editorial/articles/{slugOrId}/revisions/{number}"] = "viewer",
        ["GET /v1/editorial/articles/{slugOrId}/revisions/{number}/changes/{other}"] = "viewer",
        ["POST /v1/editorial/articles/{slugOrId}/revisions/{number}/restore"] = "contributor",
        ["POST /v1/editorial/batch"] = "contributor",
        ["GET /v1/editorial/releases"] = "viewer",
        ["POST /v1/editorial/releases"] = "editor",
        ["GET /v1/editorial/releases/{releaseId}"] = "viewer",
        ["PATCH /v1/editorial/releases/{releaseId}"] = "editor",
        ["DELETE /v1/editorial/releases/{releaseId}"] = "editor",
        ["POST /v1/editorial/releases/{releaseId}/publish"] = "editor",
        ["POST /v1/editorial/releases/{releaseId}/revert"] = "editor",
        ["GET /v1/editorial/releases/{releaseId}/checks"] = "viewer",
        ["GET /v1/editorial/releases/{releaseId}/previews"] = "viewer",
        ["POST /v1/editorial/releases/{releaseId}/previews"] = "editor",
        ["DELETE /v1/editorial/releases/{releaseId}/previews/{previewId}"] = "editor",
        ["GET /v1/editorial/sections"] = "viewer",
        ["POST /v1/editorial/sections"] = "editor",
        ["GET /v1/editorial/sections/{slugOrId}"] = "viewer",
        ["PATCH /v1/editorial/sections/{slugOrId}"] = "editor",
        ["DELETE /v1/editorial/sections/{slugOrId}"] = "editor",
        ["GET /v1/editorial/articles/{slugOrId}/previews"] = "viewer",
        ["POST /v1/editorial/articles/{slugOrId}/previews"] = "contributor",
        ["DELETE /v1/editorial/articles/{slugOrId}/previews/{previewId}"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/corrections"] = "editor",
        ["GET /v1/editorial/articles/{slugOrId}/notes"] = "viewer",
        ["POST /v1/editorial/articles/{slugOrId}/notes"] = "contributor",
        ["GET /v1/editorial/articles/{slugOrId}/notes/{noteId}"] = "viewer",
        ["DELETE /v1/editorial/articles/{slugOrId}/notes/{noteId}"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/notes/{noteId}/replies"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/notes/{noteId}/resolve"] = "contributor",
        ["POST /v1/editorial/articles/{slugOrId}/notes/{noteId}/reopen"] = "contributor",
        ["GET /v1/editorial/articles/{slugOrId}/presence"] = "viewer",
        ["PUT /v1/editorial/articles/{slugOrId}/presence"] = "viewer",
        ["DELETE /v1/editorial/articles/{slugOrId}/presence"] = "viewer",
        ["GET /v1/editorial/events"] = "viewer",
        ["GET /v1/editorial/actors"] = "viewer",
        ["DELETE /v1/editorial/people/{id}"] = "admin",
        ["GET /v1/editorial/me"] = "viewer",
        ["GET /v1/editorial/audit"] = "editor",
        ["GET /v1/editorial/authors"] = "viewer",
        ["POST /v1/editorial/authors"] = "editor",
        ["GET /v1/editorial/authors/{slugOrId}"] = "viewer",
        ["PATCH /v1/editorial/authors/{slugOrId}"] = "editor",
        ["DELETE /v1/editorial/authors/{slugOrId}"] = "editor",
        ["GET /v1/editorial/tags"] = "viewer",
        ["POST /v1/editorial/tags"] = "editor",
        ["GET /v1/editorial/tags/{slugOrId}"] = "viewer",
        ["PATCH /v1/editorial/tags/{slugOrId}"] = "editor",
        ["DELETE /v1/editorial/tags/{slugOrId}"] = "editor",
        ["POST /v1/editorial/tags/{slugOrId}/merge"] = "editor",
        ["GET /v1/editorial/images"] = "viewer",
        ["POST /v1/editorial/images"] = "contributor",
        ["GET /v1/editorial/images/{id}"] = "viewer",
        ["GET /v1/editorial/images/{id}/articles"] = "viewer",
        ["GET /v1/editorial/images/{id}/renditions/{rendition}"] = "viewer",
        ["PATCH /v1/editorial/images/{id}"] = "editor",
        ["PUT /v1/editorial/images/{id}/file"] = "editor",
        ["DELETE /v1/editorial/images/{id}"] = "editor",
        ["GET /v1/editorial/keys"] = "admin",
        ["POST /v1/editorial/keys"] = "admin",
        ["GET /v1/editorial/keys/{id}"] = "admin",
        ["DELETE /v1/editorial/keys/{id}"] = "admin",
        ["GET /v1/editorial/webhooks"] = "admin",
        ["POST /v1/editorial/webhooks"] = "admin",
        ["GET /v1/editorial/webhooks/{id}"] = "admin",
        ["PATCH /v1/editorial/webhooks/{id}"] = "admin",
        ["DELETE /v1/editorial/webhooks/{id}"] = "admin",
        ["POST /v1/editorial/webhooks/{id}/rotate"] = "admin",
        ["POST /v1/editorial/webhooks/{id}/ping"] = "admin",
        ["POST /v1/editorial/webhooks/{id}/replay"] = "admin",
        ["GET /v1/editorial/webhooks/{id}/deliveries"] = "admin",
        ["GET /v1/editorial/webhooks/{id}/deliveries/{deliveryId}"] = "admin",
        ["POST /v1/editorial/webhooks/{id}/deliveries/{deliveryId}/redeliver"] = "admin",
    };

    /// <summary>What a parameter of an endpoint needs above the endpoint itself.</summary>
    private static readonly Dictionary<string, string> Variants = new(StringComparer.Ordinal)
    {
        ["DELETE /v1/editorial/articles/{slugOrId}?permanently=true"] = "admin",
    };

    [Fact]
    public void The_table_names_every_endpoint_of_the_desk_and_no_other() =>
        Assert.Equal(
            LowestRole.Keys.Order(StringComparer.Ordinal),
            Served().Where(IsDesk).Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Delivery_changes_nothing() =>
        Assert.All(
            Served().Where(o => !IsDesk(o)),
            o => Assert.Contains(o.Split(' ')[0], new[] { "GET", "HEAD", "OPTIONS" })
        );

    [Fact]
    public async Task Every_endpoint_admits_its_roles_and_nobody_else()
    {
        var wrong = new List<string>();
        foreach (var (operation, lowest) in Expected())
        foreach (var role in Ranks)
        {
            using var client = role == Anyone ? cms.Anonymous : cms.As(role);
            foreach (var variant in AndHead(operation))
            {
                using var response = await CallAsync(client, variant);
                var status = (int)response.StatusCode;
                var admitted = Array.IndexOf(Ranks, role) >= Array.IndexOf(Ranks, lowest);
                var right =
                    admitted ? status is not (401 or 403) and < 500
                    : role == Anyone
                        ? status == 401
                            && response.Headers.WwwAuthenticate.ToString() == "Bearer realm=\"cms\""
                    : status == 403;
                if (!right)
                    wrong.Add($"{role}: {variant} → {status}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task No_endpoint_admits_a_key_that_is_not_valid()
    {
        var revoked = await cms.NewKeyAsync(Role.Admin);
        await cms.ExecuteAsync("update api_keys set revoked_at = now() where id = @Id", new { revoked.Id });
        var expired = await cms.NewKeyAsync(Role.Admin);
        await cms.ExecuteAsync(
            """
            update api_keys set created_at = now() - interval '2 days',
                expires_at = now() - interval '1 second' where id = @Id
            """,
            new { expired.Id }
        );
        var good = await cms.NewKeyAsync(Role.Admin);
        var keys = new Dictionary<string, string>
        {
            ["revoked"] = $"Bearer {revoked.Token}",
            ["expired"] = $"Bearer {expired.Token}",
            ["unknown"] = $"Bearer cms_{Guid.CreateVersion7():N}_{new string('0', 64)}",
            ["wrong secret"] = $"Bearer {good.Token[..^1]}{(good.Token[^1] == '0' ? '1' : '0')}",
            ["no key at all"] = "Bearer hunter2",
            ["another scheme"] = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"a:{good.Token}"))}",
            ["no scheme"] = good.Token,
            ["empty"] = "Bearer ",
        };

        var wrong = new List<string>();
        foreach (var (kind, header) in keys)
        {
            using var client = cms.Anonymous;
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
            // Elsewhere none is looked at (KeylessTests).
            foreach (
                var (operation, _) in Expected().Where(e => e.Key.Contains(" /v1/", StringComparison.Ordinal))
            )
            {
                using var response = await CallAsync(client, operation);
                if (
                    (int)response.StatusCode != 401
                    || response.Headers.WwwAuthenticate.ToString()
                        != "Bearer realm=\"cms\", error=\"invalid_token\""
                )
                    wrong.Add($"{kind}: {operation} → {(int)response.StatusCode}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Two_keys_in_one_request_are_no_key()
    {
        using var client = cms.Anonymous;
        client.DefaultRequestHeaders.TryAddWithoutValidation(
            "Authorization",
            [
                $"Bearer {(await cms.NewKeyAsync(Role.Reader)).Token}",
                $"Bearer {(await cms.NewKeyAsync(Role.Admin)).Token}",
            ]
        );

        Assert.Equal(401, await CallAsync(client, "GET /v1/editorial/articles").StatusAsync());
    }

    private static bool IsDesk(string operation) =>
        operation.Split(' ')[1].StartsWith("/v1/editorial", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> AndHead(string operation) =>
        operation.StartsWith("GET ", StringComparison.Ordinal)
            ? [operation, $"HEAD {operation[4..]}"]
            : [operation];

    /// <summary>The desk as the table has it, and whatever else is served: open to anyone.</summary>
    private IEnumerable<KeyValuePair<string, string>> Expected() =>
        LowestRole
            .Concat(Variants)
            .Concat(Served().Where(o => !IsDesk(o)).Distinct().Select(o => KeyValuePair.Create(o, Anyone)));

    private IEnumerable<string> Served() =>
        cms
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(s => s.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(
                e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"],
                (e, verb) => $"{verb} /{e.RoutePattern.RawText!.TrimStart('/')}"
            )
            .Where(o => !o.EndsWith("/_test_url_cache_", StringComparison.Ordinal));

    private static async Task<HttpResponseMessage> CallAsync(HttpClient client, string operation)
    {
        var (verb, route) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        using var request = new HttpRequestMessage(
            new HttpMethod(verb),
            Parameter().Replace(route, Guid.CreateVersion7().ToString())
        );
        if (verb is "POST" or "PATCH")
            request.Content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json"));
        // Headers only: an answer that never ends must not hold the test.
        return await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
