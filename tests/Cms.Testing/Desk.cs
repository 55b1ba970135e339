using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.Testing;

/// <summary>What an editor's tool does, in plain JSON on purpose: renaming a C# property must break a test.</summary>
internal static class Desk
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<JsonObject> ReadAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(
            response.StatusCode == expected,
            $"Expected {expected}, got {(int)response.StatusCode}: {text}"
        );
        return JsonNode.Parse(text)!.AsObject();
    }

    public static async Task<JsonObject> GetJsonAsync(
        this HttpClient client,
        string url,
        HttpStatusCode expected = HttpStatusCode.OK
    ) => await (await client.GetAsync(url, Ct)).ReadAsync(expected);

    public static async Task<JsonObject> PostAsync(
        this HttpClient client,
        string url,
        JsonNode? body = null,
        HttpStatusCode expected = HttpStatusCode.Created
    ) =>
        await (await client.PostAsync(url, body is null ? null : JsonContent.Create(body), Ct)).ReadAsync(
            expected
        );

    public static async Task<HttpResponseMessage> SendPatchAsync(
        this HttpClient client,
        string url,
        JsonNode patch,
        string? ifMatch
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, url)
        {
            Content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/merge-patch+json"),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await client.SendAsync(request, Ct);
    }

    public static async Task<HttpResponseMessage> SendDeleteAsync(
        this HttpClient client,
        string url,
        string? ifMatch
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, url);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await client.SendAsync(request, Ct);
    }

    /// <summary>A new section; returns its slug.</summary>
    public static async Task<string> SectionAsync(this CmsServer cms, string? parent = null)
    {
        var slug = Names.Unique("section");
        await cms.Editor.PostAsync(
            "/v1/editorial/sections",
            new JsonObject
            {
                ["slug"] = slug,
                ["name"] = slug,
                ["parent"] = parent,
            }
        );
        return slug;
    }

    /// <summary>A new author; returns their slug.</summary>
    public static async Task<string> AuthorAsync(this CmsServer cms)
    {
        var slug = Names.Unique("author");
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = slug, ["name"] = slug }
        );
        return slug;
    }

    /// <summary>A new draft; returns it.</summary>
    public static async Task<JsonObject> DraftAsync(this CmsServer cms, JsonObject? article = null)
    {
        article ??= [];
        article["headline"] ??= Names.Unique("headline");
        article["body"] ??= new JsonObject { ["markdown"] = "One.\n\nTwo.\n\nThree." };
        if (!article.ContainsKey("section"))
            article["section"] = await cms.SectionAsync();
        return await cms.Editor.PostAsync("/v1/editorial/articles", article);
    }

    /// <summary>A new article, published; returns it as the desk sees it.</summary>
    public static async Task<JsonObject> PublishedAsync(this CmsServer cms, JsonObject? article = null)
    {
        var draft = await cms.DraftAsync(article);
        return await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{draft["id"]}/publish",
            expected: HttpStatusCode.OK
        );
    }

    /// <summary>Uploads a file as an image.</summary>
    public static async Task<HttpResponseMessage> UploadAsync(
        this HttpClient client,
        byte[] file,
        string name = "picture.png",
        params (string Name, string Value)[] fields
    )
    {
        using var form = new MultipartFormDataContent();
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", name);
        foreach (var field in fields)
            form.Add(new StringContent(field.Value), field.Name);
        return await client.PostAsync("/v1/editorial/images", form, Ct);
    }
}
