using FastCanary.Reports;

namespace FastCanary.Tests;

public sealed class BarTests
{
    [Theory]
    [InlineData(double.NaN, "[..........]")]
    [InlineData(-3, "[..........]")]
    [InlineData(0.29, "[##........]")]
    [InlineData(0.3, "[###.......]")]
    [InlineData(0.999, "[#########.]")]
    [InlineData(1, "[##########]")]
    [InlineData(7, "[##########]")]
    public void A_bar_is_full_only_when_the_threshold_is_reached(double fraction, string bar) => Assert.Equal(bar, Bar.Of(fraction, 12));

    [Theory]
    [InlineData(0.9975, 0.0025, "[=========#]")]
    [InlineData(0.0025, 0.9975, "[=#########]")]
    [InlineData(1, 0, "[==========]")]
    [InlineData(0.5, 0.5, "[=====#####]")]
    [InlineData(0.66, 0.34, "[=======###]")]
    [InlineData(0, 0, "[..........]")]
    public void Who_has_a_share_has_a_cell(double first, double second, string bar) =>
        Assert.Equal(bar, Bar.OfShares([(first, '=', Ink.Plain), (second, '#', Ink.Plain)], 12).ToString());

    [Fact]
    public void Shares_use_up_the_bar_whatever_they_are()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var shares = Enumerable.Range(0, random.Next(1, 9)).Select(_ => (random.NextDouble() < 0.2 ? 0 : Math.Pow(random.NextDouble(), 6), '#', Ink.Plain)).ToArray();
            var width = random.Next(2, 40);
            Assert.Equal(width, Bar.OfShares(shares, width).Width);
        }
    }
}
