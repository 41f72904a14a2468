using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Sources;

/// <summary>Queries to a real Prometheus, and its own metrics.</summary>
public sealed class RealPrometheusTests : IClassFixture<RealPrometheusTests.Fixture>, IDisposable
{
    private readonly Fixture _fixture;
    private readonly OutboundHttp _http = new(TimeProvider.System);

    public RealPrometheusTests(Fixture fixture) => _fixture = fixture;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("1 + 1", 2.0)]
    [InlineData("vector(3.5)", 3.5)]
    [InlineData("-1e-9", -1e-9)]
    public void A_number_is_a_value(string query, double value) => Assert.Equal((value, ""), Ask(query));

    [Theory]
    [InlineData("no_such_metric", "no data")]
    [InlineData("0 / 0", "the value is NaN")]
    [InlineData("1 / 0", "the value is +Inf")]
    [InlineData("-1 / 0", "the value is -Inf")]
    [InlineData("vector(1) or label_replace(vector(2), \"a\", \"b\", \"\", \"\")", "2 samples instead of one: aggregate them in the query")]
    [InlineData("\"text\"", "the result is a string, not a number")]
    [InlineData("no_such_metric[5m]", "the result is a matrix, not a number")]
    public void What_is_not_one_number_is_a_problem(string query, string problem) => Assert.Equal((null, problem), Ask(query));

    [Fact]
    public void A_query_that_is_wrong_is_a_problem_that_says_what_is_wrong()
    {
        (double? value, string problem) = Ask("sum(");
        Assert.Null(value);
        Assert.StartsWith("bad_data: ", problem, StringComparison.Ordinal);
        Assert.Contains("parse error", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_that_it_scraped_is_a_value()
    {
        (double? Value, string Problem) last = default;
        Eventually.Holds(() => (last = Ask("sum(up{job=\"self\"})")) == (2.0, ""), () => last.ToString());
    }

    [Fact]
    public async Task Its_own_metrics_tell_what_it_uses()
    {
        var clock = new ManualClock();
        using var http = new OutboundHttp(TimeProvider.System);
        var source = new ResourceSource("resources", new Uri(_fixture.Prometheus.Address, "/metrics"), http, clock);
        Reading[] first = await source.ReadAsync(Eventually.Patience, CancellationToken.None);
        Assert.All(first, static reading => Assert.Equal("", reading.Problem));
        Assert.InRange(first[ResourceSource.Memory].Value!.Value, 1e6, 1e10);
        clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 20; i++) Ask("count({__name__=~\".+\"})");
        Reading[] second = await source.ReadAsync(Eventually.Patience, CancellationToken.None);
        Assert.InRange(second[ResourceSource.Cpu].Value!.Value, 0, 100);
    }

    private (double? Value, string Problem) Ask(string query)
    {
        var source = new PrometheusQuery("q", _fixture.Prometheus.Address, query, _http, TimeProvider.System);
        Reading reading = Assert.Single(source.ReadAsync(Eventually.Patience, CancellationToken.None).GetAwaiter().GetResult());
        return (reading.Value, reading.Problem);
    }

    /// <summary>One for all of them.</summary>
    public sealed class Fixture : IDisposable
    {
        private PrometheusProcess? _prometheus;

        internal PrometheusProcess Prometheus => _prometheus ??= new PrometheusProcess();

        public void Dispose() => _prometheus?.Dispose();
    }
}
