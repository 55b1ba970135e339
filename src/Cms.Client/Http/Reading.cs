using System.Runtime.CompilerServices;

namespace Cms.Client.Http;

/// <summary>What every kind of client does with what it reads.</summary>
internal static class Reading
{
    /// <summary>The items of all pages: each is fetched when its reader gets to it.</summary>
    public static async IAsyncEnumerable<T> WalkAsync<T>(
        Func<string?, CancellationToken, Task<Page<T>>> read,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        string? cursor = null;
        do
        {
            var page = await read(cursor, ct);
            foreach (var item in page.Items)
                yield return item;
            cursor = page.Next;
        } while (cursor is not null);
    }

    /// <summary>Null for what is not there, or not any more.</summary>
    public static async Task<T?> NullIfAbsentAsync<T>(Task<T> reading)
        where T : class
    {
        try
        {
            return await reading;
        }
        catch (CmsProblemException e) when (e.Code is ProblemCodes.NotFound or ProblemCodes.Withdrawn)
        {
            return null;
        }
    }
}
