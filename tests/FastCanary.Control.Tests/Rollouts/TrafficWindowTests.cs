using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Rollouts;

public sealed class TrafficWindowTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    private readonly VersionTotals _totals = new();

    [Fact]
    public void What_was_counted_before_it_began_is_not_in_it()
    {
        Count(100, 5000);
        var window = new TrafficWindow(_totals, Begin);
        Count(3, 7000, failures: 1);
        window.Add(_totals, Begin.AddSeconds(1));
        Assert.Equal((3L, 1L, 3L), (window.Requests, window.Failures, window.Timed));
        Assert.Equal(LatencyScale.Value(LatencyScale.IndexOf(7000)), window.Quantile(0.5));
    }

    [Fact]
    public void Ten_seconds_after_a_minute_the_first_ten_seconds_are_out_of_it()
    {
        var window = new TrafficWindow(_totals, Begin);
        for (int second = 1; second <= 59; second++)
        {
            Count(1, second * 1000);
            window.Add(_totals, Begin.AddSeconds(second));
        }

        Assert.Equal((59L, 59.0), (window.Requests, window.Seconds));
        Count(1, 60_000);
        window.Add(_totals, Begin.AddSeconds(60));
        // Those of the seconds 1 to 9 are gone.
        Assert.Equal((51L, 50.0), (window.Requests, window.Seconds));
        Assert.Equal(LatencyScale.Value(LatencyScale.IndexOf(10_000)), window.Quantile(0));
        Assert.Equal(LatencyScale.Value(LatencyScale.IndexOf(60_000)), window.Quantile(1));
    }

    [Fact]
    public void Quantiles_are_those_of_the_sorted_latencies_to_less_than_a_hundredth()
    {
        var window = new TrafficWindow(_totals, Begin);
        var random = new Random(3);
        var exact = new List<long>();
        for (int second = 1; second <= 55; second++)
        {
            for (int i = 0; i < 20; i++)
            {
                long micros = (long)(200 * Math.Exp(random.NextDouble() * 8));
                exact.Add(micros);
                Count(1, micros);
            }

            window.Add(_totals, Begin.AddSeconds(second));
        }

        exact.Sort();
        foreach (double fraction in new[] { 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            double expected = exact[(int)Math.Ceiling(exact.Count * fraction) - 1];
            Assert.InRange(window.Quantile(fraction)!.Value / expected, 0.992, 1.008);
        }
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-1)]
    [InlineData(-86400 * 400)]
    public void A_clock_that_leaps_back_stops_nothing_and_makes_no_rate_larger(int leap)
    {
        var window = new TrafficWindow(_totals, Begin);
        DateTimeOffset now = Begin;
        for (int second = 0; second < 30; second++)
        {
            Count(10, 1000);
            window.Add(_totals, now = now.AddSeconds(1));
        }

        now = now.AddSeconds(leap);
        for (int second = 0; second < 90; second++)
        {
            Count(10, 1000);
            window.Add(_totals, now = now.AddSeconds(1));
            Assert.InRange(window.Requests / window.Seconds, 9, 11);
        }

        Assert.InRange(window.Requests, 500, 600);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(86400 * 400)]
    public void A_clock_that_leaps_ahead_empties_it(int leap)
    {
        var window = new TrafficWindow(_totals, Begin);
        Count(10, 1000);
        window.Add(_totals, Begin.AddSeconds(1));
        window.Add(_totals, Begin.AddSeconds(leap));
        Assert.Equal((0L, 0L, null), (window.Requests, window.Timed, window.Quantile(0.5)));
        Count(4, 1000);
        window.Add(_totals, Begin.AddSeconds(leap + 59));
        Assert.Equal((4L, 4L), (window.Requests, window.Timed));
    }

    [Fact]
    public void A_latency_that_is_seen_before_its_request_is_not_lost()
    {
        var window = new TrafficWindow(_totals, Begin);
        _totals.Latency[LatencyScale.IndexOf(1000)]++;
        window.Add(_totals, Begin.AddSeconds(1));
        _totals.Requests++;
        window.Add(_totals, Begin.AddSeconds(2));
        Assert.Equal((1L, 1L), (window.Requests, window.Timed));
    }

    private void Count(int requests, long micros, int failures = 0)
    {
        _totals.Requests += requests;
        _totals.Failures += failures;
        _totals.Latency[LatencyScale.IndexOf(micros)] += requests;
    }
}
