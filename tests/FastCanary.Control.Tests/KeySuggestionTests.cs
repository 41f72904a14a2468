using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class KeySuggestionTests
{
    [Theory]
    [InlineData("weight", "weight", 0)]
    [InlineData("wieght", "weight", 1)]
    [InlineData("weigt", "weight", 1)]
    [InlineData("weeight", "weight", 1)]
    [InlineData("weighd", "weight", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("ca", "abc", 3)]
    public void A_swap_counts_once_like_any_other_slip(string a, string b, int distance) =>
        Assert.Equal(distance, KeySuggestion.Distance(a, b));

    [Theory]
    [InlineData("request-head", "requestHead")]
    [InlineData("requesthead", "requestHead")]
    [InlineData("upstreamIdel", "upstreamIdle")]
    [InlineData("id", null)]
    [InlineData("xyz", null)]
    public void Only_a_near_key_is_suggested(string key, string? suggestion) =>
        Assert.Equal(suggestion, KeySuggestion.Nearest(key, ["requestHead", "requestBody", "upstreamIdle", "idle"]));
}
