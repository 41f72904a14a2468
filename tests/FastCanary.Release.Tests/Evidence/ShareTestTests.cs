using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Release.Tests.Property;

namespace FastCanary.Release.Tests.Evidence;

public sealed class ShareTestTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public void A_share_of_nothing_or_of_everything_tells_nothing(int share) => Assert.Equal(0, ShareTest.LogE(share, 1000, 1000));

    [Fact]
    public void Without_requests_E_is_1() => Assert.Equal(0, ShareTest.LogE(1000, 0, 0), 12);

    [Fact]
    public void One_request_weighs_as_computed_by_hand()
    {
        // B(2, 1) = 1/2: a canary's request at 10 % gives 0.5 / 0.1, a baseline's 0.5 / 0.9.
        Near(Math.Log(5), ShareTest.LogE(1000, 1, 0), 1e-12);
        Near(Math.Log(0.5 / 0.9), ShareTest.LogE(1000, 0, 1), 1e-12);
    }

    [Fact]
    public void It_is_the_integral_over_all_shares_of_the_likelihood_ratio() => Hold(
        from share in Gen.Choose(1, 9999)
        from canary in Gen.Choose(0, 60)
        from baseline in Gen.Choose(0, 60)
        select (share, canary, baseline),
        of =>
        {
            // Simpson's rule, around the largest value so that nothing underflows.
            const int Parts = 20_000;
            double share = of.share / 10_000.0;
            double peak = LogRatio(of.canary == 0 && of.baseline == 0 ? 0.5 : Math.Clamp(of.canary / (double)(of.canary + of.baseline), 1e-12, 1 - 1e-12));
            double sum = 0;
            for (int i = 0; i <= Parts; i++)
                sum += (i is 0 or Parts ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(LogRatio(i / (double)Parts) - peak);
            Near(peak + Math.Log(sum / 3 / Parts), ShareTest.LogE(of.share, of.canary, of.baseline), 1e-7);

            double LogRatio(double q) =>
                (of.canary == 0 ? 0 : of.canary * Math.Log(q / share)) + (of.baseline == 0 ? 0 : of.baseline * Math.Log((1 - q) / (1 - share)));
        });

    [Theory]
    [InlineData(1, 50)]
    [InlineData(1000, 200)]
    [InlineData(5000, 300)]
    [InlineData(9990, 100)]
    public void Over_all_that_can_happen_the_expectation_is_1(int share, int requests)
    {
        double sum = 0;
        for (int canary = 0; canary <= requests; canary++)
            sum += Math.Exp(Binomials.Log(requests, canary, share / 10_000.0) + ShareTest.LogE(share, canary, requests - canary));
        Near(1, sum, 1e-8);
    }

    [Fact]
    public void One_more_request_changes_nothing_on_average() => Hold(
        from share in Gen.Choose(1, 9999)
        from canary in Gen.Choose(0, 1000)
        from baseline in Gen.Choose(0, 1000)
        select (share, canary, baseline),
        of =>
        {
            double share = of.share / 10_000.0;
            double before = ShareTest.LogE(of.share, of.canary, of.baseline);
            double after = (share * Math.Exp(ShareTest.LogE(of.share, of.canary + 1, of.baseline) - before))
                + ((1 - share) * Math.Exp(ShareTest.LogE(of.share, of.canary, of.baseline + 1) - before));
            Near(1, after, 1e-8);
        });

    [Fact]
    public void A_split_that_is_off_shows_either_way_and_one_that_is_right_does_not()
    {
        Assert.True(ShareTest.LogE(1000, 1_200, 8_800) > 10);
        Assert.True(ShareTest.LogE(1000, 800, 9_200) > 10);
        Assert.True(ShareTest.LogE(1000, 1_000, 9_000) < 0);
        Assert.True(double.IsFinite(ShareTest.LogE(1, 1_000_000_000, 1)));
        Assert.True(double.IsFinite(ShareTest.LogE(9999, 1, 1_000_000_000)));
    }
}
