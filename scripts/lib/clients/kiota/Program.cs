// The same with the client that Kiota makes, in C#.
//   dotnet Check.dll ADDRESS KEY PICTURE
using Cms.Generated;
using Cms.Generated.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware.Options;

var (address, key) = (args[0], args[1]);
var site = Client(null);
var desk = Client(key);

var list = await site.V1.Articles.GetAsync(c =>
{
    c.QueryParameters.Section = ["power", "people"];
    c.QueryParameters.Access = [ArticleAccess.Public, ArticleAccess.Registered];
    c.QueryParameters.Sort = ArticleSort.Minus_publishedAt;
    c.QueryParameters.Limit = 10;
});
Assert(list?.Data?.Count == 10 && list.Page?.Next is not null, "a list with filters, and its next page");
Assert(
    list!.Data!.All(a => a.Section?.Slug is "power" or "people" && a.Access != ArticleAccess.Subscriber),
    "the filters hold"
);

var slug = list.Data![0].Slug!;
var article = await site.V1.Articles[slug].GetAsync();
Assert(
    article?.Body?.Blocks?.Any(b => b.ParagraphBlock?.Html is not null) == true,
    "an article with its blocks"
);

var missing = await RefusedAsync(() => site.V1.Articles["no-such-article"].GetAsync());
Assert(missing is { ResponseStatusCode: 404, Code: "not-found" }, "404 with a code");

var tags = new HeadersInspectionHandlerOption { InspectResponseHeaders = true };
var made = await desk.V1.Editorial.Articles.PostAsync(
    new ArticleInput
    {
        Headline = "Ostler buys a bridge",
        Section = "enterprise",
        Body = new() { Markdown = "It leads to an island." },
    },
    c => c.Options.Add(tags)
);
var refused = await RefusedAsync(() =>
    desk.V1.Editorial.Articles.PostAsync(new ArticleInput { Headline = "" })
);
Assert(
    refused.ResponseStatusCode == 422 && refused.Errors!.Any(e => e.Pointer == "/headline"),
    "a fault with its pointer"
);

var etag = tags.ResponseHeaders["ETag"].Single();
var draft = desk.V1.Editorial.Articles[made!.Id!.Value.ToString()];
var changed = await draft.PatchAsync(
    new ArticlePatch { Kicker = "Bridges" },
    c => c.Headers.Add("If-Match", etag)
);
Assert(changed?.Revision == 2 && changed.Kicker == "Bridges", "a change from the present revision");
var late = await RefusedAsync(() =>
    draft.PatchAsync(new ArticlePatch { Kicker = "Islands" }, c => c.Headers.Add("If-Match", etag))
);
Assert(late is { ResponseStatusCode: 412, CurrentRevision: 2 }, "412 with the present revision");

var upload = new MultipartBody();
await using var picture = File.OpenRead(args[2]);
upload.AddOrReplacePart("file", "application/octet-stream", picture, "harbour.jpg");
upload.AddOrReplacePart("alt", "text/plain", "A harbour");

// Of an operation that takes JSON and a form, Kiota's own method takes neither of them right.
var asForm = new RequestInformation(
    Method.POST,
    "{+baseurl}/v1/editorial/images",
    new Dictionary<string, object>()
);
asForm.SetContentFromParsable(Adapter(key), "multipart/form-data", upload);
asForm.Headers.Add("Accept", "application/json");
var image = await Adapter(key).SendAsync(asForm, EditorialImage.CreateFromDiscriminatorValue);
Assert(
    (await desk.V1.Editorial.Images[image!.Id!.Value].GetAsync())?.Alt == "A harbour",
    "an uploaded image"
);

CmsClient Client(string? token) => new(Adapter(token));

HttpClientRequestAdapter Adapter(string? token)
{
    // Kiota's own providers of keys refuse plain http, also on this machine.
    var http = KiotaClientFactory.Create();
    if (token is not null)
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    return new(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = address };
}

static async Task<Problem> RefusedAsync<T>(Func<Task<T>> act)
{
    try
    {
        await act();
    }
    catch (Problem problem)
    {
        return problem;
    }
    throw new InvalidOperationException("Kiota: nothing was refused");
}

static void Assert(bool holds, string what)
{
    if (!holds)
        throw new InvalidOperationException($"Kiota: {what}");
}
