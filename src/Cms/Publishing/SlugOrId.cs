namespace Cms.Publishing;

/// <summary>How a thing is named in an address: by its slug, or by its id.</summary>
internal static class SlugOrId
{
    /// <summary>The id; null if it is a slug. No slug looks like an id (<see cref="Slug"/>).</summary>
    public static Guid? IdOf(string reference) => Guid.TryParseExact(reference, "D", out var id) ? id : null;
}
