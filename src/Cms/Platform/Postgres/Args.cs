using System.Data;
using Dapper;

namespace Cms.Platform.Postgres;

/// <summary>Arguments of a statement, of which some come from a table of columns.</summary>
/// <param name="others">Those that are written out.</param>
internal sealed class Args(object others) : DynamicParameters(others)
{
    /// <summary>
    /// Adds texts. Each says its type, also where it is null: otherwise the statement would be planned anew for every
    /// set of columns that are null.
    /// </summary>
    public Args With(IEnumerable<(string Name, string? Text)> texts)
    {
        foreach (var (name, text) in texts)
            Add(name, text, DbType.String);
        return this;
    }
}
