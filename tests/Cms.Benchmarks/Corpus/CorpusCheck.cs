using Npgsql;

namespace Cms.Benchmarks.Corpus;

/// <summary>Whether what was loaded is what the server would have written itself.</summary>
internal static class CorpusCheck
{
    public static async Task RequireAsync(NpgsqlDataSource postgres, CancellationToken ct)
    {
        foreach (var query in Halves.Queries.Append(Members))
        {
            await using var command = postgres.CreateCommand($"select q.* from ({query}) q limit 1");
            if (await command.ExecuteScalarAsync(ct) is string fault)
                throw new InvalidOperationException($"The corpus is unlike what the server writes: {fault}");
        }
    }

    // What is in a section, as its articles have it, and as its feed has it.
    private const string Members = """
        select 'member ' || coalesce(m.entity_id, c.entity_id) from (
            select section_id, 'article' entity_type, article_id entity_id from published_article_sections
            union select s.section_id, 'author', u.author_id from published_article_sections s
                join published_article_authors u using (article_id)
            union select s.section_id, 'tag', u.tag_id from published_article_sections s
                join published_article_tags u using (article_id)
            union select s.section_id, 'image', u.image_id from published_article_sections s
                join published_article_images u using (article_id)
            union select s.section_id, 'image', a.avatar_image_id from published_article_sections s
                join published_article_authors u using (article_id) join authors a on a.id = u.author_id
                where a.avatar_image_id is not null) m
        full join section_changes c using (section_id, entity_type, entity_id)
        where (c.op is not distinct from 'upsert') is distinct from (m.entity_id is not null)
        """;
}
