using Cms.Platform;

namespace Cms.Access;

/// <summary>Reads who did something.</summary>
internal static class Actors
{
    /// <summary>
    /// An expression in SQL: the <see cref="Actor"/> of a column with an id, as JSON; null: there is none.
    /// </summary>
    public static string Of(string column) =>
        $"""
            (select jsonb_build_object('id', who.id, 'kind', who.kind, 'name', who.name)
             from actors who where who.id = {column})
            """;
}
