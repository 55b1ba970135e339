namespace Cms.Client.Editorial;

/// <summary>What something is called by: its slug, or its id.</summary>
/// <param name="Value">As it stands in the address.</param>
public readonly record struct SlugOrId(string Value)
{
    /// <summary>By its slug, or by its id as text.</summary>
    /// <param name="slugOrId">The slug or the id.</param>
    public static implicit operator SlugOrId(string slugOrId) => new(slugOrId);

    /// <summary>By its id.</summary>
    /// <param name="id">The id.</param>
    public static implicit operator SlugOrId(Guid id) => FromGuid(id);

    /// <summary>By its id.</summary>
    /// <param name="id">The id.</param>
    public static SlugOrId FromGuid(Guid id) => new(id.ToString());

    /// <summary>By its slug, or by its id as text.</summary>
    /// <param name="slugOrId">The slug or the id.</param>
    public static SlugOrId FromString(string slugOrId) => new(slugOrId);

    /// <summary>As it stands in the address.</summary>
    public override string ToString() => Value ?? "";
}
