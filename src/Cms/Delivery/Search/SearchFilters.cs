using System.Globalization;
using Cms.Delivery.Reading;
using Cms.Delivery.Search.Words;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>
/// The filters of a search, as words of the index: an article's row holds the ids of all that it belongs to.
/// </summary>
internal sealed record SearchFilters
{
    /// <summary>Conditions on words, all of which must hold; each is a <c>tsquery</c>.</summary>
    public required IReadOnlyList<string> Conditions { get; init; }

    public required DateTimeOffset? After { get; init; }
    public required DateTimeOffset? Before { get; init; }

    /// <summary>Whether a filter names nothing that there is.</summary>
    public required bool IsImpossible { get; init; }

    public static async Task<SearchFilters> FindAsync(
        NpgsqlTransaction transaction,
        SearchArticlesRequest request,
        CancellationToken ct
    )
    {
        var conditions = new List<string>();
        var isImpossible = false;
        if (request.Section is not null || request.Author is not null || request.Tag is not null)
        {
            var ids = await transaction.FindAsync<Ids>(
                SelectIds,
                new
                {
                    Sections = request.Section ?? [],
                    Authors = request.Author ?? [],
                    Tags = request.Tag ?? [],
                },
                ct
            );
            Add(request.Section, 's', ids!.Sections);
            Add(request.Author, 'a', ids.Authors);
            Add(request.Tag, 't', ids.Tags);
        }
        if (request.Access is not null)
            conditions.Add(
                SearchWords.AnyOf(
                    request.Access.Distinct().Select(a => $"x {a.ToString().ToLowerInvariant()}")
                )
            );
        if (request.Kind is not null)
            conditions.Add(OfKinds(request.Kind));
        return new()
        {
            Conditions = conditions,
            After = request.PublishedAfter,
            Before = request.PublishedBefore,
            IsImpossible = isImpossible,
        };

        void Add(string[]? slugs, char kind, Guid[] found)
        {
            if (slugs is null)
                return;
            if (found.Length == 0)
                isImpossible = true;
            else
                conditions.Add(
                    SearchWords.AnyOf(
                        found.Select(id => string.Create(CultureInfo.InvariantCulture, $"{kind} {id}"))
                    )
                );
        }
    }

    // A story has no word for its kind (migration 0054).
    private static string OfKinds(IEnumerable<string> kinds)
    {
        var others = kinds.Where(k => k != ArticleKinds.Story).Distinct(StringComparer.Ordinal).ToList();
        var isOther = others.Count == 0 ? null : SearchWords.AnyOf(others.Select(k => $"k {k}"));
        const string isStory = "!'k other'";
        return !kinds.Contains(ArticleKinds.Story, StringComparer.Ordinal) ? isOther!
            : isOther is null ? isStory
            : $"({isStory} | {isOther})";
    }

    // An article's row names its own section; those below the ones asked for are found here, where they are few.
    private static readonly string SelectIds = $"""
        with recursive wanted(id) as (
            select id from published_sections where slug = any(@Sections)
            union select s.id from published_sections s join wanted above on s.parent_id = above.id)
        select array(select id from wanted) sections,
               array(select id from published_authors where slug = any(@Authors)) authors,
               array({TagSlugs.Ids("@Tags")}) tags
        """;

    private sealed record Ids
    {
        public required Guid[] Sections { get; init; }
        public required Guid[] Authors { get; init; }
        public required Guid[] Tags { get; init; }
    }
}
