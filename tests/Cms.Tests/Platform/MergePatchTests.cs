using System.Text.Json.Nodes;
using Cms.Platform.Http.Requests;
using CsCheck;

namespace Cms.Tests.Platform;

public sealed class MergePatchTests
{
    /// <summary>RFC 7396, appendix A, all of it.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Does_as_the_examples_of_its_specification(string target, string patch, string outcome) =>
        Assert.Equal(outcome, Text(MergePatch.Merge(JsonNode.Parse(target), JsonNode.Parse(patch))));

    [Fact]
    public void A_patch_applied_twice_is_a_patch_applied_once() =>
        Gen.Select(Any, Any)
            .Sample(
                (target, patch) =>
                {
                    var once = MergePatch.Merge(JsonNode.Parse(target), JsonNode.Parse(patch));
                    Assert.Equal(
                        Sorted(once),
                        Sorted(MergePatch.Merge(once?.DeepClone(), JsonNode.Parse(patch)))
                    );
                }
            );

    [Fact]
    public void An_empty_patch_changes_no_object() =>
        Objects.Sample(target =>
            Assert.Equal(target, Text(MergePatch.Merge(JsonNode.Parse(target), new JsonObject())))
        );

    [Fact]
    public void No_null_of_a_patch_is_left_in_what_it_makes() =>
        Objects.Sample(patch =>
            Assert.DoesNotContain(
                "null",
                Text(MergePatch.Merge(null, JsonNode.Parse(patch))),
                StringComparison.Ordinal
            )
        );

    [Fact]
    public void What_a_patch_does_not_name_stays() =>
        Objects.Sample(target =>
        {
            var before = JsonNode.Parse(target)!.AsObject();
            var after = MergePatch
                .Merge(JsonNode.Parse(target), JsonNode.Parse("{\"zz\":{\"a\":1}}"))!
                .AsObject();
            foreach (var (name, value) in before)
                Assert.Equal(Text(value), Text(after[name]));
            Assert.Equal("""{"a":1}""", Text(after["zz"]));
        });

    // Objects of a, b, c over scalars, objects and arrays without nulls within: what null does in an array is the
    // array's.
    private static readonly Gen<string> Scalar = Gen.Int[0, 4]
        .Select(i => new[] { "1", "\"x\"", "true", "[1,2]", "null" }[i]);
    private static readonly Gen<string> Flat = Object(Scalar);
    private static readonly Gen<string> Objects = Object(Gen.OneOf(Scalar, Flat));
    private static readonly Gen<string> Any = Gen.OneOf(Scalar, Objects);

    private static Gen<string> Object(Gen<string> value) =>
        Gen.Select(Gen.Int[0, 7], value, value, value)
            .Select(
                (which, a, b, c) =>
                    "{"
                    + string.Join(
                        ',',
                        new[] { $"\"a\":{a}", $"\"b\":{b}", $"\"c\":{c}" }.Where(
                            (_, i) => (which & (1 << i)) != 0
                        )
                    )
                    + "}"
            );

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static string Sorted(JsonNode? node) =>
        node is JsonObject members
            ? "{"
                + string.Join(
                    ',',
                    members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Key + Sorted(m.Value))
                )
                + "}"
            : Text(node);
}
