namespace Cms.Platform.Http.Answers;

/// <summary>A resource with a revision. What an act answers with says by this what it wrote.</summary>
internal interface IRevised
{
    Guid Id { get; }
    int Revision { get; }
}
