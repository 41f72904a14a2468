using FastCanary.LoadTests.Judging;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class StandstillsTests
{
    private readonly Standstills _standstills = new();

    public StandstillsTests()
    {
        _standstills.Add(2, 3);
        _standstills.Add(5, 7);
    }

    [Theory]
    [InlineData(0, 1.5, 0, 0)]
    [InlineData(0, 10, 0, 3)]
    [InlineData(2.5, 6, 0, 1.5)]
    [InlineData(3, 5, 0, 0)]
    [InlineData(0, 10, 1, 5)]
    [InlineData(0, 10, 3, 8)]
    [InlineData(4, 4.5, 1.25, 0.25)]
    public void What_they_take_of_a_stretch_of_time_counts_once(double from, double to, double aftermath, double seconds) => Assert.Equal(seconds, _standstills.Within(from, to, aftermath));

    [Theory]
    [InlineData(0, 1.5, 0, false)]
    [InlineData(2.5, 2.6, 0, true)]
    [InlineData(0, 2.5, 0, true)]
    [InlineData(3.5, 4, 0, false)]
    [InlineData(3.5, 4, 0.75, true)]
    public void A_stretch_of_time_meets_one_or_what_follows_from_it(double from, double to, double aftermath, bool meets) => Assert.Equal(meets, _standstills.Meet(from, to, aftermath));
}
