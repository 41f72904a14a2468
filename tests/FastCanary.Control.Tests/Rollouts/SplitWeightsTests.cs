using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Rollouts;

public sealed class SplitWeightsTests
{
    private static readonly RolloutPlan Plan = new() { Canary = "canary", Baseline = "stable" };

    private static readonly ServiceModel Service = Compile();

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 1, 9999)]
    [InlineData(100, 1, 99)]
    [InlineData(2500, 1, 3)]
    [InlineData(3333, 3333, 6667)]
    [InlineData(5000, 1, 1)]
    [InlineData(9999, 9999, 1)]
    [InlineData(10000, 1, 0)]
    public void A_share_is_made_of_the_smallest_weights(int basisPoints, int canary, int stable) =>
        Assert.Equal([0, canary, stable], SplitWeights.OfShare(Service, Plan, basisPoints));

    [Fact]
    public void Every_share_comes_back_from_its_weights()
    {
        for (int share = 0; share <= Share.All; share++)
            Assert.Equal(share, SplitWeights.ShareOf(Service, Plan, SplitWeights.OfShare(Service, Plan, share)));
    }

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(5, 0, 10000)]
    [InlineData(1, 65535, 1)]
    [InlineData(65535, 1, 9999)]
    [InlineData(1, 2, 3333)]
    [InlineData(2, 1, 6667)]
    [InlineData(1, 7, 1250)]
    public void Weights_are_a_share_to_the_nearest_hundredth_of_a_percent_and_never_all_or_nothing_by_rounding(int canary, int stable, int basisPoints) =>
        Assert.Equal(basisPoints, SplitWeights.ShareOf(Service, Plan, [7, canary, stable]));

    private static ServiceModel Compile()
    {
        FastCanaryConfig config = Sample.Config(Sample.Listeners + """
            services:
              s:
                versions:
                  other: { weight: 0, endpoints: ["127.0.0.1:3"] }
                  canary: { weight: 1, endpoints: ["127.0.0.1:2"] }
                  stable: { weight: 9, endpoints: ["127.0.0.1:1"] }
            """);
        return new SnapshotCompiler(new StateTable()).Compile(config, [])!.Services[0];
    }
}
