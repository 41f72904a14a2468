using System.Collections.Immutable;

namespace FastCanary.Traffic.Tests;

/// <summary>Paths to what is ignored in a JSON body: what can be written, and what is told of the rest.</summary>
public sealed class JsonPathTests
{
    [Theory]
    [InlineData("$.time", 1)]
    [InlineData("$.items[*].id", 3)]
    [InlineData("$.a.b[0]", 3)]
    [InlineData("$['odd name']", 1)]
    [InlineData("$[\"a\"]['b']", 2)]
    [InlineData("$.*", 1)]
    [InlineData("$[12345678]", 1)]
    [InlineData("$['it\\'s \\\\ ]']", 1)]
    [InlineData("$['']", 1)]
    [InlineData("$.with-hyphen.under_score.ä.@type", 4)]
    public void A_path_is_read_step_by_step(string text, int steps)
    {
        var path = JsonPath.TryParse(text, out var problem);
        Assert.Null(problem);
        Assert.Equal(steps, path!.Steps.Length);
        Assert.Equal(text, path.Text);
    }

    [Fact]
    public void A_step_leads_where_it_says()
    {
        var steps = JsonPath.TryParse("$.a[2]['it\\'s'][*]", out _)!.Steps;
        Assert.True(steps[0].LeadsToMember("a"u8));
        Assert.False(steps[0].LeadsToMember("b"u8));
        Assert.False(steps[0].LeadsToElement(0));
        Assert.True(steps[1].LeadsToElement(2));
        Assert.False(steps[1].LeadsToElement(1));
        Assert.False(steps[1].LeadsToMember("2"u8));
        Assert.True(steps[2].LeadsToMember("it's"u8));
        Assert.True(steps[3].LeadsToElement(7));
        Assert.True(steps[3].LeadsToMember("anything"u8));
    }

    [Theory]
    [InlineData("", "$")]
    [InlineData("time", "write $.name")]
    [InlineData("$", "body: none")]
    [InlineData("$..id", "'..', which is not supported")]
    [InlineData("$.", "no name behind a dot")]
    [InlineData("$.a b", "has ' ' where")]
    [InlineData("$a", "has 'a' where")]
    [InlineData("$.a]", "has ']' where")]
    [InlineData("$[", "followed by none of")]
    [InlineData("$[]", "followed by none of")]
    [InlineData("$[-1]", "followed by none of")]
    [InlineData("$[1:2]", "followed by none of")]
    [InlineData("$[123456789]", "followed by none of")]
    [InlineData("$['a]", "followed by none of")]
    [InlineData("$['a'", "followed by none of")]
    [InlineData("$[?(@.a)]", "followed by none of")]
    public void What_cannot_be_read_is_told(string text, string expected)
    {
        Assert.Null(JsonPath.TryParse(text, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_and_paths_are_bounded()
    {
        Assert.NotNull(JsonPath.TryParse("$" + string.Concat(Enumerable.Repeat(".a", JsonPath.StepsMax)), out _));
        Assert.Null(JsonPath.TryParse("$" + string.Concat(Enumerable.Repeat(".a", JsonPath.StepsMax + 1)), out var problem));
        Assert.Contains("more than 64 steps", problem, StringComparison.Ordinal);
        Assert.Equal(64, Comparison([.. Enumerable.Repeat("$.a", 64)]).Ignored.Length);
        Assert.Throws<ArgumentException>(() => Comparison([.. Enumerable.Repeat("$.a", 65)]));
        Assert.Throws<ArgumentException>(() => Comparison(["a"]));
    }

    [Fact]
    public void The_last_differences_are_kept_and_noise_apart()
    {
        var counters = new MirrorCounters();
        for (var i = 0; i < 10; i++) counters.Add(Difference(i, MirrorDifferenceKind.Body, MirrorVerdict.Changed));
        counters.Add(Difference(10, MirrorDifferenceKind.Header, MirrorVerdict.Noise));
        counters.Add(Difference(11, MirrorDifferenceKind.Status, MirrorVerdict.Unconfirmed));
        Assert.Equal([11, 9, 8, 7, 6, 5, 4, 3], counters.Differences.Select(each => each.UserStatus));
        Assert.Equal([10], counters.Noise.Select(each => each.UserStatus));
        Assert.Equal(10, counters[MirrorCount.BodyChanged]);
        Assert.Equal(1, counters[MirrorCount.HeaderNoise]);
        Assert.Equal(1, counters[MirrorCount.StatusUnconfirmed]);
        Assert.Equal(1, counters[MirrorDifferenceKind.Status]);
        Assert.Equal(0, counters[MirrorCount.Equal]);
    }

    [Fact]
    public void Every_kind_and_verdict_has_its_own_count() =>
        Assert.Equal(9, Enum.GetValues<MirrorVerdict>().SelectMany(verdict => Enum.GetValues<MirrorDifferenceKind>().Select(kind =>
        {
            var count = MirrorCounters.Of(kind, verdict);
            Assert.Equal($"{kind}{verdict}", $"{count}");
            return count;
        })).Distinct().Count());

    private static MirrorDifference Difference(int status, MirrorDifferenceKind kind, MirrorVerdict verdict) => new("GET", "/", kind, verdict, status, 200, "");

    private static MirrorComparison Comparison(ImmutableArray<string> ignored) =>
        new() { Headers = [], Body = MirrorBodyComparison.Json, IgnoredPaths = ignored, ResponseBodyBytesMax = 1 };
}
