using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Release.Tests.Property;

namespace FastCanary.Release.Tests.Evidence;

public sealed class RateTestTests
{
    private static readonly Gen<(int Bound, long Requests, long Failures)> States =
        from bound in Gen.OneOf(Gen.Choose(1, 9999), Gen.Elements(1, 10, 500, 9900, 9999))
        from requests in Gen.Choose(0, 500)
        from failures in Gen.Choose(0, requests)
        select (bound, (long)requests, (long)failures);

    [Fact]
    public void Without_requests_E_is_1()
    {
        Assert.Equal(0, RateTest.Above(500).LogE(0, 0));
        Assert.Equal(0, RateTest.Below(500).LogE(0, 0));
    }

    [Fact]
    public void A_few_requests_give_the_mean_of_the_likelihood_ratios()
    {
        // 10 requests, 2 of them failed, against a bound of 5 %; 20 times that would be a rate of 1, and 0.99 stands in for it.
        Near(Math.Log(Mean([0.0625, 0.075, 0.1, 0.15, 0.25, 0.5, 0.99], 0.05, 10, 2)), RateTest.Above(500).LogE(10, 2), 1e-12);
        Near(Math.Log(Mean([0.025, 0.0125, 0.005, 0.001, 0], 0.05, 10, 2)), RateTest.Below(500).LogE(10, 2), 1e-12);
    }

    [Fact]
    public void Where_nothing_failed_the_rate_of_zero_is_among_those_that_it_may_be()
    {
        Near(Math.Log(Mean([0.025, 0.0125, 0.005, 0.001, 0], 0.05, 100, 0)), RateTest.Below(500).LogE(100, 0), 1e-9);
        // The rate of zero alone gives (1 / 0.95)^n / 5.
        Assert.True(RateTest.Below(500).LogE(100, 0) >= (100 * Math.Log(1 / 0.95)) - Math.Log(5));
    }

    [Fact]
    public void At_the_bound_one_more_request_changes_nothing_on_average() => Hold(States, of =>
    {
        double bound = of.Bound / 10_000.0;
        foreach (RateTest test in new[] { RateTest.Above(of.Bound), RateTest.Below(of.Bound) })
            Near(test.LogE(of.Requests, of.Failures), Expected(test, bound, of.Requests, of.Failures), 1e-9);
    });

    [Fact]
    public void Inside_the_null_one_more_request_lowers_E_on_average() => Hold(
        from state in States
        from percent in Gen.Choose(0, 99)
        select (state, percent),
        of =>
        {
            double bound = of.state.Bound / 10_000.0;
            RateTest above = RateTest.Above(of.state.Bound);
            RateTest below = RateTest.Below(of.state.Bound);
            double lower = bound * of.percent / 100;
            double higher = 1 - ((1 - bound) * of.percent / 100);
            Assert.True(Expected(above, lower, of.state.Requests, of.state.Failures) <= above.LogE(of.state.Requests, of.state.Failures) + 1e-9);
            Assert.True(Expected(below, higher, of.state.Requests, of.state.Failures) <= below.LogE(of.state.Requests, of.state.Failures) + 1e-9);
        });

    [Theory]
    [InlineData(100, 200)]
    [InlineData(500, 60)]
    [InlineData(9950, 30)]
    public void Over_all_that_can_happen_the_expectation_is_1_at_the_bound_and_less_inside_the_null(int bound, int requests)
    {
        double rate = bound / 10_000.0;
        Near(1, Over(RateTest.Above(bound), requests, rate));
        Near(1, Over(RateTest.Below(bound), requests, rate));
        Assert.True(Over(RateTest.Above(bound), requests, rate / 2) < 1);
        Assert.True(Over(RateTest.Below(bound), requests, (1 + rate) / 2) < 1);
    }

    [Fact]
    public void A_failure_speaks_for_above_and_a_success_for_below() => Hold(States, of =>
    {
        RateTest above = RateTest.Above(of.Bound);
        RateTest below = RateTest.Below(of.Bound);
        Assert.True(above.LogE(of.Requests + 1, of.Failures + 1) > above.LogE(of.Requests, of.Failures));
        Assert.True(above.LogE(of.Requests + 1, of.Failures) < above.LogE(of.Requests, of.Failures));
        Assert.True(below.LogE(of.Requests + 1, of.Failures + 1) < below.LogE(of.Requests, of.Failures));
        Assert.True(below.LogE(of.Requests + 1, of.Failures) > below.LogE(of.Requests, of.Failures));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(9999)]
    [InlineData(10_000)]
    public void Extreme_bounds_and_counts_give_no_NaN(int bound)
    {
        foreach ((long requests, long failures) in new[] { (1L, 0L), (1L, 1L), (2L, 1L), (1_000_000_000L, 0L), (1_000_000_000L, 1_000_000_000L), (1_000_000_000L, 5L) })
        {
            Assert.False(double.IsNaN(RateTest.Above(bound).LogE(requests, failures)), $"above, {requests}, {failures}");
            Assert.False(double.IsNaN(RateTest.Below(bound).LogE(requests, failures)), $"below, {requests}, {failures}");
        }
    }

    [Fact]
    public void No_rate_is_above_all_and_one_success_shows_a_rate_below_all()
    {
        Assert.True(RateTest.Above(Share.All).LogE(1000, 1000) <= 0);
        Assert.True(RateTest.Below(Share.All).LogE(1000, 1000) <= 0);
        Assert.Equal(double.PositiveInfinity, RateTest.Below(Share.All).LogE(1000, 999));
    }

    private static double Mean(double[] rates, double bound, int requests, int failures) =>
        rates.Average(rate => Math.Pow(rate / bound, failures) * Math.Pow((1 - rate) / (1 - bound), requests - failures));

    private static double Expected(RateTest test, double rate, long requests, long failures)
    {
        double before = test.LogE(requests, failures);
        double mean = (rate * Math.Exp(test.LogE(requests + 1, failures + 1) - before)) + ((1 - rate) * Math.Exp(test.LogE(requests + 1, failures) - before));
        return before + Math.Log(mean);
    }

    private static double Over(RateTest test, int requests, double rate)
    {
        double sum = 0;
        for (int failures = 0; failures <= requests; failures++)
            sum += Math.Exp(Binomials.Log(requests, failures, rate) + test.LogE(requests, failures));
        return sum;
    }
}
