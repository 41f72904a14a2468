using FastCanary.LoadTests.Capacity;
using FastCanary.LoadTests.Reports;

namespace FastCanary.LoadTests.Tests.Capacity;

public sealed class CapacityPageTests
{
    private static readonly MeasuredCosts Costs = new(RequestMicros: 24.6, FlatOutMicros: 15.2, ConnectionMicros: 81.2, MiBMicros: 412, ConnectionKiB: 0.653, BaseMiB: 31.7, Mips: 3530);

    [Fact]
    public void It_tells_what_was_measured_from_what_was_estimated()
    {
        string page = Page(Costs);
        (string measured, string estimated) = (page[..page.IndexOf("## Estimated", StringComparison.Ordinal)], page[page.IndexOf("## Estimated", StringComparison.Ordinal)..]);
        foreach (string row in (string[])["| a small GET on a kept connection, at half the rate of flat out | 25 µs of CPU |", "| the same, flat out | 15 µs of CPU |", "| an idle connection | 0.65 KiB of resident memory |", "3,500 MIPS", "2026-11-22", "a processor, 2 cores", "commit abc"])
            Assert.Contains(row, measured, StringComparison.Ordinal);
        foreach (Machine machine in Machine.All) Assert.Contains($"\n| {machine.Name} | {machine.Cores} | ", estimated, StringComparison.Ordinal);
        // 0.7 · 2 / 1.005 · 1e6 / 24.6 requests/s.
        Assert.Contains("| 2-core VM | 2 | 1 | 57,000 | ", estimated, StringComparison.Ordinal);
        // Its Wi-Fi: 0.7 · 5 MB/s / 1500.
        Assert.Contains("| Raspberry Pi Zero 2 W | 4 | 0.21 | 2,300 ¹ | ", estimated, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_rating_it_estimates_only_what_it_can()
    {
        string page = Page(Costs with { Mips = null });
        Assert.Contains("| Raspberry Pi 5 | 4 | not known | | | | |", page, StringComparison.Ordinal);
        Assert.Contains("| 2-core VM | 2 | 1 | 57,000 | ", page, StringComparison.Ordinal);
        Assert.Contains("7z was not there", page, StringComparison.Ordinal);
    }

    private static string Page(MeasuredCosts costs)
    {
        var environment = new RunEnvironment("abc", "Debian", "6.1", "a processor", 2, 1L << 32, ".NET 10");
        return CapacityPage.From(costs, new LoadReport(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero), new TestSubject("fastcanary", "0.1.0", 1), "", environment, null, []));
    }
}
