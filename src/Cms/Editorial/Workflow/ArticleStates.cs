using Cms.Access;
using Cms.Editorial.Articles;
using Cms.Publishing;

namespace Cms.Editorial.Workflow;

/// <summary>The statement by which an article that readers do not see changes its status.</summary>
internal static class ArticleStates
{
    public const string Update = """
        update articles set status = @Status, published_revision = null, updated_at = @at, updated_by = @by
        where id = @Id
        """;

    public static object Arguments(
        ArticleHead head,
        ArticleStatus status,
        Caller caller,
        DateTimeOffset at
    ) =>
        new
        {
            head.Id,
            Status = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString()),
            at,
            by = caller.Id,
        };
}
