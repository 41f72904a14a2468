using FastCanary.LoadTests.Capacity;

namespace FastCanary.LoadTests.Tests.Capacity;

public sealed class CapacityModelTests
{
    private static readonly MeasuredCosts Costs = new(RequestMicros: 35, FlatOutMicros: 20, ConnectionMicros: 70, MiBMicros: 700, ConnectionKiB: 1, BaseMiB: 24, Mips: 3000);

    [Fact]
    public void Rates_are_cores_times_speed_over_cost()
    {
        // 0.7 · 2 cores / (1 + 0.005) · half the speed: 696,517 µs of this machine's work a second.
        CapacityEstimate estimate = CapacityModel.Estimate(Costs, new Machine("m", 2, 1500, 1, 100_000, ""))!;
        Assert.Equal(0.5, estimate.Speed);
        Assert.Equal(696_517 / 35.0, estimate.Requests, 1);
        Assert.Equal(696_517 / 70.0, estimate.Connections, 1);
        Assert.Equal(696_517 / 700.0, estimate.MiBs, 1);
        Assert.False(estimate.IsRequestsByNetwork || estimate.IsMiBsByNetwork);
        // Half of 1 GiB without the 24 MiB of the process, 5 KiB each.
        Assert.Equal((524_288 - 24_576) / 5.0, estimate.Idle);
    }

    [Fact]
    public void The_network_is_a_limit()
    {
        CapacityEstimate estimate = CapacityModel.Estimate(Costs, new Machine("m", 4, 3000, 1, 100, ""))!;
        Assert.True(estimate is { IsRequestsByNetwork: true, IsMiBsByNetwork: true });
        // 0.7 · 12.5 MB/s.
        Assert.Equal(8.75e6 / 1500, estimate.Requests, 1e-6);
        Assert.Equal(8.75e6 / 1500, estimate.Connections, 1e-6);
        Assert.Equal(8.75e6 / 1048576, estimate.MiBs, 1e-6);
    }

    [Fact]
    public void Without_a_rating_only_machines_like_the_measured_one_are_estimated()
    {
        MeasuredCosts unrated = Costs with { Mips = null };
        Assert.Null(CapacityModel.Estimate(unrated, new Machine("m", 4, 3000, 1, 100, "")));
        Assert.Equal(1, CapacityModel.Estimate(unrated, new Machine("m", 4, null, 1, 100, ""))!.Speed);
    }

    [Theory]
    [InlineData("x\nAvr:     3395    75   4746   3631  |  39273  86  3975  3437\nTot:              81   4360   3534\n", 4360.0)]
    [InlineData("Tot: ", null)]
    [InlineData("", null)]
    public void The_rating_is_that_of_the_totals_per_core_used(string text, double? mips) => Assert.Equal(mips, SevenZip.Read(text));
}
