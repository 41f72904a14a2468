using System.Globalization;
using System.Text;
using FastCanary.LoadTests.Reports;

namespace FastCanary.LoadTests.Capacity;

/// <summary>The capacity page, in Markdown.</summary>
internal static class CapacityPage
{
    /// <param name="costs">What was measured.</param>
    /// <param name="report">When and where.</param>
    public static string From(MeasuredCosts costs, LoadReport report)
    {
        var page = new StringBuilder();
        void Line(string text) => page.Append(text).Append('\n');
        Line("# Capacity");
        Line("");
        Line("What a machine should carry, from what FastCanary's work costs on one machine. Made by");
        Line("");
        Line("    dotnet run -c Release --project loadtests -- capacity --self --report docs/reports");
        Line("");
        Line($"**Only the first table was measured**, on {report.Began:yyyy-MM-dd}: {report.Environment.Cpu}, {report.Environment.Cores} cores, {report.Environment.Kernel}; commit {report.Environment.Commit}.");
        Line("The second is a model. On a machine of your own, the same command measures the first for it, and `ramp` finds the real limit.");
        Line("");
        Line("## Measured");
        Line("");
        Line("| work | costs |");
        Line("|---|---|");
        Line($"| a small GET on a kept connection, at half the rate of flat out | {Number(costs.RequestMicros)} µs of CPU |");
        Line($"| the same, flat out | {Number(costs.FlatOutMicros)} µs of CPU |");
        Line($"| a small GET on a new connection | {Number(costs.ConnectionMicros)} µs of CPU |");
        Line($"| a MiB of a large response | {Number(costs.MiBMicros)} µs of CPU |");
        Line($"| an idle connection | {Number(costs.ConnectionKiB)} KiB of resident memory |");
        Line($"| the process under load | {Number(costs.BaseMiB)} MiB of resident memory |");
        Line($"| for comparison: 7-zip's rating of a core, all cores busy | {(costs.Mips is { } mips ? Number(mips) + " MIPS" : "not measured: 7z was not there")} |");
        Line("");
        Line("Load, endpoints and FastCanary shared this machine's cores, and all traffic was loopback: the kernel's work of sending is in it, a network card's is not. CPU is FastCanary's own,");
        Line("user and system, from its `process_cpu_seconds_total`.");
        Line("");
        Line("## Estimated");
        Line("");
        Line("| machine | cores | core's speed | small requests/s | new connections/s | large responses | idle connections |");
        Line("|---|---|---|---|---|---|---|");
        foreach (Machine machine in Machine.All)
        {
            if (CapacityModel.Estimate(costs, machine) is not { } estimate)
            {
                Line($"| {machine.Name} | {machine.Cores} | not known | | | | |");
                continue;
            }

            Line($"| {machine.Name} | {machine.Cores} | {Number(estimate.Speed)} | {Number(estimate.Requests)}{By(estimate.IsRequestsByNetwork)} | {Number(estimate.Connections)} | {Number(estimate.MiBs)} MiB/s{By(estimate.IsMiBsByNetwork)} | {Number(estimate.Idle)} |");
        }

        Line("");
        Line("¹ the network is the limit, not the cores.");
        Line("");
        Line("## The model");
        Line("");
        Line("- **Rate** = utilisation · effective cores · core's speed / CPU per piece of work, and no more than the network carries.");
        Line("- **CPU per small request** is that at half the rate of flat out: a loop that is not driven flat out serves fewer requests a pass, and each costs more. New connections and large responses were driven flat out.");
        Line($"- **Utilisation** {Number(CapacityModel.Utilisation)}, of cores and of the network: above it queues grow, and latency with them.");
        Line($"- **Effective cores** of n: n / (1 + {Number(CapacityModel.Contention)} · (n − 1)), the universal scalability law (Gunther) with contention only. The {Number(CapacityModel.Contention)} is assumed: loops share one counter per split");
        Line("  and little else. No machine with more than two cores was measured.");
        Line("- **A core's speed** is the ratio of 7-zip ratings with all cores busy. It compares integer work and caches; a proxy spends most of its time in the kernel's TCP, so take it as right within a factor of 1.5.");
        Line("- FastCanary alone on the machine: no endpoints, no TLS in front of it, no access log.");
        Line($"- **A small exchange** puts {Number(CapacityModel.SmallExchangeBytes)} bytes on the wire in each direction.");
        Line($"- **An idle connection** costs {Number(CapacityModel.KernelConnectionKiB)} KiB in the kernel (assumed) beside what was measured; idle connections get {Number(100 * CapacityModel.MemoryShare)} % of the memory. The limit of descriptors has to be as high (`LimitNOFILE`).");
        Line("");
        Line("| machine | figures from |");
        Line("|---|---|");
        foreach (Machine machine in Machine.All) Line($"| {machine.Name} | {machine.Source}; {machine.MemoryGiB.ToString(CultureInfo.InvariantCulture)} GiB |");
        Line("");
        Line("sbc-bench: the collected results of github.com/ThomasKaiser/sbc-bench (`Sorted-Results.md`).");
        return page.ToString();
    }

    private static string By(bool isByNetwork) => isByNetwork ? " ¹" : "";

    /// <summary>Two significant digits above 10, else as many as tell something.</summary>
    private static string Number(double value)
    {
        if (value == 0) return "0";
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 1);
        double rounded = Math.Round(value / unit) * unit;
        return rounded.ToString(rounded >= 10 ? "#,0" : "0.####", CultureInfo.InvariantCulture);
    }
}
