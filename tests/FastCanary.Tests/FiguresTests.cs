using FastCanary.Reports;

namespace FastCanary.Tests;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0.25, "250ms")]
    [InlineData(59.4, "59s")]
    [InlineData(59.6, "1m")]
    [InlineData(61, "1m01s")]
    [InlineData(7500, "2h05m")]
    [InlineData(100_000, "1d03h")]
    public void A_duration_has_two_units_at_most(double seconds, string text) => Assert.Equal(text, Figures.Duration(seconds));

    [Theory]
    [InlineData(0.30103, "2")]
    [InlineData(0.47, "2")]
    [InlineData(2.30103, "200")]
    [InlineData(3.1, "1,259")]
    [InlineData(7.9, "10^7")]
    public void An_evidence_is_a_number_that_is_read_at_a_glance(double log10, string text) => Assert.Equal(text, Figures.PowerOfTen(log10));

    [Theory]
    [InlineData(null, "-")]
    [InlineData(0.00042, "0.42 ms")]
    [InlineData(0.0042, "4.2 ms")]
    [InlineData(0.42, "420 ms")]
    [InlineData(4.2, "4.20 s")]
    public void A_latency_has_three_digits_at_most(double? seconds, string text) => Assert.Equal(text, Figures.Latency(seconds));
}
