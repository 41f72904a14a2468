using System.Collections.Immutable;
using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests;

/// <summary>Two bodies as JSON values: what counts, what does not, and where the first difference is.</summary>
public sealed class JsonComparisonTests
{
    private readonly JsonComparison _comparison = new();

    [Theory]
    [InlineData("{}", " {\r\n\t} ")]
    [InlineData("[]", "[ ]")]
    [InlineData("null", " null")]
    [InlineData("true", "true\n")]
    [InlineData("""{"a":1,"b":2}""", """{ "b" : 2, "a" : 1 }""")]
    [InlineData("""{"a":{"x":[1,2],"y":null}}""", """{"a":{"y":null,"x":[1, 2]}}""")]
    [InlineData("1", "1.0")]
    [InlineData("1", "1e0")]
    [InlineData("100", "1E+2")]
    [InlineData("0.001", "1e-3")]
    [InlineData("1200", "0.12e4")]
    [InlineData("-15", "-1.50E1")]
    [InlineData("0", "-0.0e99")]
    [InlineData("0", "0e999999999999999999999")]
    [InlineData("12345678901234567890.5", "1234567890123456789.05e1")]
    [InlineData("1e400", "10e399")]
    [InlineData("1e000000000000000000005", "100000")]
    [InlineData("\"a\"", "\"\\u0061\"")]
    [InlineData("\"/\"", "\"\\/\"")]
    [InlineData("\"\\n\\t\\b\\f\\r\\\\\\\"\"", "\"\\u000a\\u0009\\u0008\\u000C\\u000d\\u005c\\u0022\"")]
    [InlineData("\"ä€😀\"", "\"\\u00e4\\u20AC\\uD83D\\uDE00\"")]
    [InlineData("\"\\ud800\"", "\"\\uD800\"")]
    [InlineData("\"\\ud800\\u0061\"", "\"\\ud800a\"")]
    [InlineData("""{"\u0061":1,"b":2}""", """{"b":2,"a":1}""")]
    [InlineData("""{"a":1,"a":2,"b":3}""", """{"b":3,"a":1,"a":2}""")]
    [InlineData("""[{"b":1,"a":[{"d":1,"c":2}]}]""", """[{"a":[{"c":2,"d":1}],"b":1}]""")]
    public void The_same_values_are_equal_however_they_are_spelled(string left, string right)
    {
        AssertEqual(left, right);
        AssertEqual(right, left);
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""", "$.a")]
    [InlineData("""{"a":1}""", """{}""", "$.a")]
    [InlineData("""{"a":1}""", """{"a":null}""", "$.a")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"c":2}""", "$.b")]
    [InlineData("""{"a":true}""", """{"a":false}""", "$.a")]
    [InlineData("""{"a":"1"}""", """{"a":1}""", "$.a")]
    [InlineData("""{"a":1,"b":[1,{"c":1}]}""", """{"b":[1,{"c":2}],"a":1}""", "$.b[1].c")]
    [InlineData("[1,2]", "[2,1]", "$[0]")]
    [InlineData("[1,2]", "[1,2,3]", "$[2]")]
    [InlineData("[1,[2,3]]", "[1,[2]]", "$[1][1]")]
    [InlineData("[]", "{}", "$")]
    [InlineData("0", "null", "$")]
    [InlineData("1", "-1", "$")]
    [InlineData("1", "10", "$")]
    [InlineData("0.1", "0.01", "$")]
    [InlineData("9007199254740993", "9007199254740992", "$")]
    [InlineData("0.1000000000000000055511151231257827", "0.1", "$")]
    [InlineData("1e99999999999999999999", "1e99999999999999999998", "$")]
    [InlineData("\"a\"", "\"A\"", "$")]
    [InlineData("\"\\ud800\"", "\"\\ud801\"", "$")]
    [InlineData("\"\\u0000\"", "\"\"", "$")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":1}""", "$.a")]
    [InlineData("""{"odd name":{"":1}}""", """{"odd name":{"":2}}""", "$['odd name']['']")]
    [InlineData("""{"it's":1}""", """{"it's":2}""", @"$['it\'s']")]
    [InlineData("""{"a\u001bb":1}""", """{"a\u001bb":2}""", "$['a?b']")]
    [InlineData("""{"\u00e4":1}""", """{"ä":2}""", "$['ä']")]
    public void Other_values_differ_at_their_path(string left, string right, string path)
    {
        Assert.Equal(path, DifferenceOf(left, right));
        Assert.NotNull(DifferenceOf(right, left));
    }

    [Theory]
    [InlineData("$.time", """{"time":1,"a":2}""", """{"a":2,"time":{"at":[3]}}""")]
    [InlineData("$.time", """{"time":1,"a":2}""", """{"a":2}""")]
    [InlineData("$.items[*].id", """{"items":[{"id":1,"n":1},{"id":2}]}""", """{"items":[{"n":1},{"id":4}]}""")]
    [InlineData("$.items.*.id", """{"items":[{"id":1}]}""", """{"items":[{"id":2}]}""")]
    [InlineData("$.a.b[0]", """{"a":{"b":[1,2]}}""", """{"a":{"b":[9,2]}}""")]
    [InlineData("$.a[1]", """{"a":[1]}""", """{"a":[1,2]}""")]
    [InlineData("$['odd name']", """{"odd name":1}""", """{"odd name":2}""")]
    [InlineData("$[\"it's\"]", """{"it's":1}""", """{"it's":2}""")]
    [InlineData("$['it\\'s']", """{"it's":1}""", """{"it's":2}""")]
    [InlineData("$.ä", """{"\u00e4":1}""", """{"ä":2}""")]
    [InlineData("$.*", """{"a":1,"b":2}""", """{"c":3}""")]
    [InlineData("$[*]", "[1,2]", "[]")]
    [InlineData("$[*][*].x", """[[{"x":1}],[{"x":2}]]""", """[[{"x":3}],[{"x":4}]]""")]
    [InlineData("$.a $.b $.c[*].d", """{"a":1,"b":1,"c":[{"d":1}]}""", """{"a":2,"b":2,"c":[{"d":2}]}""")]
    public void Ignored_paths_are_ignored(string paths, string left, string right)
    {
        var ignored = Paths(paths.Contains("odd") ? [paths] : paths.Split(' '));
        AssertEqual(left, right, ignored);
        AssertEqual(right, left, ignored);
        Assert.NotNull(DifferenceOf(left, right));
    }

    [Theory]
    [InlineData("$.time", """{"a":{"time":1}}""", """{"a":{"time":2}}""", "$.a.time")]
    [InlineData("$.a", """{"A":1}""", """{"A":2}""", "$.A")]
    [InlineData("$.a.b", """{"a":1}""", """{"a":2}""", "$.a")]
    [InlineData("$.a[0]", """{"a":[1,2]}""", """{"a":[1,3]}""", "$.a[1]")]
    [InlineData("$.a[0]", """{"a":{"0":1}}""", """{"a":{"0":2}}""", "$.a.0")]
    [InlineData("$.items[*].id", """{"items":[{"id":1,"n":1}]}""", """{"items":[{"id":2,"n":2}]}""", "$.items[0].n")]
    public void What_lies_beside_an_ignored_path_counts(string path, string left, string right, string at) =>
        Assert.Equal(at, DifferenceOf(left, right, Paths(path)));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("<html>")]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("[1,]")]
    [InlineData("01")]
    [InlineData("nul")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":1 /* no */}")]
    [InlineData("\"\\q\"")]
    public void What_is_no_JSON_is_said_to_be_none(string text)
    {
        Assert.Equal(JsonReading.NoJson, _comparison.Compare(Encoding.UTF8.GetBytes(text), "1"u8.ToArray(), [], out _));
        Assert.Equal(JsonReading.NoJson, _comparison.Compare("1"u8.ToArray(), Encoding.UTF8.GetBytes(text), [], out _));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_no_JSON() =>
        Assert.Equal(JsonReading.NoJson, _comparison.Compare(new byte[] { (byte)'"', 0xC3, (byte)'"' }, "1"u8.ToArray(), [], out _));

    [Fact]
    public void Depth_is_bounded()
    {
        static byte[] Nested(int depth, char leaf) => Encoding.UTF8.GetBytes(new string('[', depth) + leaf + new string(']', depth));
        Assert.Equal(JsonReading.Done, _comparison.Compare(Nested(64, '1'), Nested(64, '2'), Paths("$" + string.Concat(Enumerable.Repeat("[0]", 63))), out var areEqual));
        Assert.True(areEqual);
        Assert.Equal(JsonReading.Done, _comparison.Compare(Nested(64, '1'), Nested(64, '2'), [], out areEqual));
        Assert.False(areEqual);
        Assert.Equal("$" + string.Concat(Enumerable.Repeat("[0]", 64)), _comparison.DifferentAt);
        Assert.Equal(JsonReading.NoJson, _comparison.Compare(Nested(65, '1'), Nested(65, '1'), [], out _));
    }

    [Fact]
    public void The_number_of_values_is_bounded()
    {
        static byte[] Many(int values) => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat('1', values)) + "]");
        Assert.Equal(JsonReading.Done, _comparison.Compare(Many(JsonText.TokensMax - 1), Many(JsonText.TokensMax - 1), [], out var areEqual));
        Assert.True(areEqual);
        Assert.Equal(JsonReading.TooLarge, _comparison.Compare(Many(JsonText.TokensMax), Many(2), [], out areEqual));
        Assert.Equal(JsonReading.TooLarge, _comparison.Compare(Many(2), Many(JsonText.TokensMax), [], out areEqual));
        Assert.False(areEqual);
        Assert.Equal(JsonReading.NoJson, _comparison.Compare(Many(JsonText.TokensMax), "x"u8.ToArray(), [], out _));
    }

    [Fact]
    public void A_long_path_is_cut_off()
    {
        var left = "{\"" + new string('n', 150) + "\":{\"" + new string('m', 150) + "\":{\"rest\":1}}}";
        Assert.Equal("$." + new string('n', 150) + ".", DifferenceOf(left, left.Replace("1", "2"))![..153]);
        Assert.EndsWith("...", _comparison.DifferentAt);
        Assert.InRange(_comparison.DifferentAt.Length, 0, 210);
    }

    [Fact]
    public void What_was_written_anew_is_equal_and_one_changed_leaf_is_found_at_its_path_unless_it_is_ignored()
    {
        var random = new Random(20240607);
        for (var round = 0; round < 2000; round++)
        {
            var value = RandomJson.Value(random, 0);
            var written = RandomJson.Write(value, random);
            AssertEqual(written, RandomJson.Write(value, random));
            var (changed, path) = RandomJson.ChangeOneLeaf(value, random);
            if (path == "$")
            {
                Assert.Equal("$", DifferenceOf(written, RandomJson.Write(changed, random)));
                continue;
            }

            var other = RandomJson.Write(changed, random);
            Assert.Equal(path, DifferenceOf(written, other));
            AssertEqual(written, other, Paths(path));
            AssertEqual(written, other, Paths(RandomJson.WithWildcards(path, random)));
        }
    }

    private static ImmutableArray<JsonPath> Paths(params string[] texts) => [.. texts.Select(text => JsonPath.TryParse(text, out var problem) ?? throw new InvalidDataException(problem))];

    private void AssertEqual(string left, string right, ImmutableArray<JsonPath>? ignored = null) => Assert.Null(DifferenceOf(left, right, ignored));

    private string? DifferenceOf(string left, string right, ImmutableArray<JsonPath>? ignored = null)
    {
        Assert.Equal(JsonReading.Done, _comparison.Compare(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right), ignored ?? [], out var areEqual));
        return areEqual ? null : _comparison.DifferentAt;
    }
}
