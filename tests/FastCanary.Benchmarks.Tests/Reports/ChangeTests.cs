using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class ChangeTests
{
    [Theory]
    // Fastest and median round before and now.
    [InlineData(100, 102, 112, 115, "Slower")]
    [InlineData(112, 115, 100, 102, "Faster")]
    // The faster halves overlap: 100 to 113 and 112 to 115.
    [InlineData(100, 113, 112, 115, "WithinNoise")]
    [InlineData(112, 115, 100, 113, "WithinNoise")]
    // They do not, but the difference is small.
    [InlineData(100, 101, 104, 105, "WithinNoise")]
    [InlineData(100, 101, 96, 97, "WithinNoise")]
    [InlineData(100, 101, 106, 107, "Slower")]
    [InlineData(100, 101, 94, 95, "Faster")]
    // The slower halves overlap: 106 to 112 and 111 to 112.
    [InlineData(100, 106, 110, 111, "Slower")]
    [InlineData(110, 111, 100, 106, "Faster")]
    // However much slower the median round is: the machine was busy.
    [InlineData(100, 102, 101, 250, "WithinNoise")]
    // From a time that is too short to measure.
    [InlineData(0, 0, 5, 6, "Slower")]
    [InlineData(5, 6, 0, 0, "Faster")]
    [InlineData(0, 0, 0, 0, "WithinNoise")]
    public void A_change_of_time_is_one_that_is_large_enough_and_above_the_noise_of_both(
        double fastestBefore, double medianBefore, double fastestNow, double medianNow, string expected)
    {
        var change = new Change(Sample.Figures("A.B", fastestNow, medianNow), Sample.Figures("A.B", fastestBefore, medianBefore), IsBusy: false);
        Assert.Equal(expected, change.Time.ToString());
    }

    [Theory]
    // The faster halves do not overlap, 100 to 106 and 110 to 111, but all rounds do, 100 to 112 and 110 to 112.
    [InlineData(100, 106, 110, 111, "WithinNoise")]
    [InlineData(110, 111, 100, 106, "WithinNoise")]
    [InlineData(100, 102, 112, 115, "Slower")]
    [InlineData(112, 115, 100, 102, "Faster")]
    public void On_a_busy_machine_all_rounds_must_be_slower_or_faster(double fastestBefore, double medianBefore, double fastestNow, double medianNow, string expected)
    {
        var change = new Change(Sample.Figures("A.B", fastestNow, medianNow), Sample.Figures("A.B", fastestBefore, medianBefore), IsBusy: true);
        Assert.Equal(expected, change.Time.ToString());
    }

    [Theory]
    [InlineData(9, 4)]
    [InlineData(4, 9)]
    [InlineData(1, 1)]
    public void Too_few_rounds_on_either_side_show_no_change_of_time(int roundsBefore, int roundsNow)
    {
        var change = new Change(Sample.Figures("A.B", 200, 201, rounds: roundsNow), Sample.Figures("A.B", 100, 101, rounds: roundsBefore), IsBusy: false);
        Assert.Equal(TimeChange.WithinNoise, change.Time);
        Assert.Equal(1, change.Fraction);
    }

    [Fact]
    public void A_benchmark_that_the_last_result_lacks_is_new_and_its_allocation_no_change()
    {
        var change = new Change(Sample.Figures("A.B", 100, 101, allocatedBytes: 24), null, IsBusy: false);
        Assert.Equal(TimeChange.New, change.Time);
        Assert.Null(change.Fraction);
        Assert.False(change.IsAllocationChanged);
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(32, 24, true)]
    [InlineData(24, 24, false)]
    public void Any_other_allocation_is_a_change(long before, long now, bool isChanged)
    {
        var change = new Change(Sample.Figures("A.B", 100, 200, now), Sample.Figures("A.B", 100, 200, before), IsBusy: false);
        Assert.Equal(isChanged, change.IsAllocationChanged);
        Assert.Equal(TimeChange.WithinNoise, change.Time);
    }
}
