namespace Cms.Platform.Http.Answers;

/// <summary>A resource with a revision. What an act answers with says by this what it wrote.</summary>
internal interface IRevised
{
    Guid Id { get; }
    int Revision { get; }
}

/// <summary>
/// A resource of which more changes than its revision says, such as who has an article open. Its entity tag is for
/// <c>If-Match</c> only: a GET is never 304, since that would hide the rest.
/// </summary>
internal interface IHasState : IRevised;
