using System.Text.Json;
using Cms.Platform.Http.Requests;

namespace Cms.Platform.Http.Answers;

/// <summary>An editorial answer, which can be written down: a retry of the request gets the same.</summary>
internal interface IWritable : IResult
{
    WrittenAnswer Write();
}

/// <summary>An editorial answer as it is sent.</summary>
/// <param name="Body">JSON; null: none.</param>
/// <param name="ETag">The entity tag, quoted.</param>
/// <param name="PreferenceApplied">Which of the request's preferences counted (RFC 7240).</param>
internal sealed record WrittenAnswer(
    int Status,
    byte[]? Body,
    string? ETag,
    string? Location,
    string? PreferenceApplied = null
) : IWritable
{
    public WrittenAnswer Write() => this;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static WrittenAnswer FromBytes(byte[] bytes) => JsonSerializer.Deserialize<WrittenAnswer>(bytes)!;

    public Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (ETag is not null)
            context.Response.Headers.ETag = ETag;
        if (Location is not null)
            context.Response.Headers.Location = Location;
        Preferences.Say(context.Response, PreferenceApplied);
        return Body is null ? Task.CompletedTask : Fresh.WriteAsync(context, Body);
    }
}

/// <summary>An editorial answer: always fresh, never stored, with the resource's revision as its entity tag.</summary>
internal sealed record Saved<T>(
    T Value,
    int Revision,
    int Status = StatusCodes.Status200OK,
    string? Location = null,
    string? PreferenceApplied = null
) : IWritable
{
    public WrittenAnswer Write() =>
        new(Status, Json.Write(Value), Conditional.TagOf(Revision).ToString(), Location, PreferenceApplied);

    public Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Location is not null)
            response.Headers.Location = Location;
        Preferences.Say(response, PreferenceApplied);
        return SavedBytes.WriteAsync(context, () => Json.Write(Value), Revision);
    }
}

/// <summary>An editorial answer that has no revision of its own, such as a list.</summary>
internal sealed record Fresh(
    byte[] Body,
    int Status = StatusCodes.Status200OK,
    string? Link = null,
    string? Location = null
) : IWritable
{
    public static Fresh Of<T>(T value, int status = StatusCodes.Status200OK, string? location = null) =>
        new(Json.Write(value), status, Location: location);

    public WrittenAnswer Write() => new(Status, Body, ETag: null, Location);

    public Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Link is not null)
            context.Response.Headers.Link = Link;
        if (Location is not null)
            context.Response.Headers.Location = Location;
        return WriteAsync(context, Body);
    }

    internal static Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}

/// <summary>An editorial answer without a body (204).</summary>
internal sealed record Done : IWritable
{
    public WrittenAnswer Write() =>
        new(StatusCodes.Status204NoContent, Body: null, ETag: null, Location: null);

    public Task ExecuteAsync(HttpContext context) => Write().ExecuteAsync(context);
}

/// <summary>
/// An editorial answer that was written already, with the resource's revision as its entity tag. It shows more than the
/// revision (<see cref="IHasState"/>), so it is always sent.
/// </summary>
internal sealed record SavedBytes(byte[] Body, int Revision) : IResult
{
    public Task ExecuteAsync(HttpContext context)
    {
        var tag = Conditional.TagOf(Revision);
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "no-store";
        Conditional.RequireMatch(context, tag);
        return Fresh.WriteAsync(context, Body);
    }

    internal static Task WriteAsync(HttpContext context, Func<byte[]> body, int revision)
    {
        var tag = Conditional.TagOf(revision);
        context.Response.Headers.ETag = tag.ToString();
        // The conditions of a change were looked at before it was made.
        if (
            HttpMethods.IsGet(context.Request.Method)
            && !Conditional.IsWanted(context, tag, changed: null, now: default)
        )
        {
            context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
        return Fresh.WriteAsync(context, body());
    }
}
