using System.Reflection;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Articles;

namespace Cms.Tests.Publishing;

/// <summary>No fact of an article is forgotten where the compiler does not ask for it.</summary>
public sealed class ArticleFactsTests
{
    [Theory]
    [InlineData(typeof(ListedFacts))]
    [InlineData(typeof(ArticleFacts))]
    public void Every_fact_has_its_column(Type type) =>
        Assert.Equal(
            Facts(type).Select(p => p.Name).Order(),
            (type == typeof(ListedFacts) ? ArticleColumns.Listed : ArticleColumns.Details)
                .Select(c => char.ToUpperInvariant(c.Member[0]) + c.Member[1..])
                .Order()
        );

    [Fact]
    public void A_patch_starts_from_every_fact_of_the_revision()
    {
        var revision = Revision();
        var input = revision.ToInput();
        Assert.All(
            Facts(typeof(ListedFacts)).Concat(Facts(typeof(ArticleFacts))),
            fact =>
                Assert.Equal(
                    Json.WriteText(fact.GetValue(revision)),
                    Json.WriteText(typeof(ArticleInput).GetProperty(fact.Name)!.GetValue(input))
                )
        );
    }

    [Fact]
    public void Every_column_has_the_value_of_its_own_member()
    {
        var revision = Revision();
        Assert.All(
            ArticleColumns.All.Where(c => c.Name is not ("access" or "dir")),
            column =>
                Assert.Contains(
                    char.ToUpperInvariant(column.Member[0]) + column.Member[1..],
                    column.Text(revision),
                    StringComparison.OrdinalIgnoreCase
                )
        );
    }

    private static IEnumerable<PropertyInfo> Facts(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(p => p.SetMethod is not null);

    /// <summary>Each text says the name of its member; so do the others as well as they can.</summary>
    private static RevisionRow Revision()
    {
        var row = Activator.CreateInstance<RevisionRow>();
        foreach (var fact in Facts(typeof(ListedFacts)).Concat(Facts(typeof(ArticleFacts))))
            if (fact.PropertyType == typeof(string))
                fact.SetValue(row, fact.Name);
        return row with
        {
            AuthorIds = [],
            TagIds = [],
            RelatedIds = [],
            Corrections = [new() { At = DateTimeOffset.UnixEpoch, Text = "Corrections" }],
            Seo = new() { Title = "Seo" },
            Access = ArticleAccess.Subscriber,
        };
    }
}
