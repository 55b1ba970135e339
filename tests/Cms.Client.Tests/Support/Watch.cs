using System.Net;

namespace Cms.Client.Tests.Support;

/// <summary>Notes what the real server answered.</summary>
internal sealed class Watch(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public List<HttpStatusCode> Statuses { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        Statuses.Add(response.StatusCode);
        return response;
    }
}
