using System.Globalization;
using System.Text;

namespace FastCanary.Simulation.Tests;

/// <summary>
/// Whole exchanges in a simulated network: every seed is another world of clients, origins, faults and reloads, and always the same one (docs/testing.md).
/// </summary>
/// <remarks>
/// <c>FASTCANARY_SIMULATION_SEED=n</c> replays one seed and writes its whole trace; <c>FASTCANARY_SIMULATION_SWEEP=from..to</c> runs other seeds than the usual ones.
/// </remarks>
public sealed class ExchangeTests(ITestOutputHelper output)
{
    private const int Seeds = 512;
    private const int LastEvents = 60;

    // What the seeds have to reach at least, about a quarter of what they do: a simulation in which nothing goes wrong proves nothing.
    private static readonly (string What, int Least)[] Expected =
    [
        ("answer that had to come", 2500),
        ("answer that the baseline gave for the canary", 80),
        ("answer to a request that was sent again", 200),
        ("client left", 25),
        ("complete answer", 8000),
        ("complete answer to a large request", 20),
        ("complete answer, Chunked", 1500),
        ("complete answer, Length", 3500),
        ("complete answer, None", 1000),
        ("complete answer, UntilClose", 1500),
        ("complete large answer", 60),
        ("early answer", 10),
        ("ejection", 80),
        ("feature on", 600),
        ("interim response", 2000),
        ("malformed request refused", 100),
        ("outcome ClientGone", 30),
        ("outcome ConnectFailed", 100),
        ("outcome ConnectTimedOut", 5),
        ("outcome FaultInjected", 120),
        ("outcome QueueFull", 300),
        ("outcome QueueTimedOut", 60),
        ("outcome ResponseMalformed", 150),
        ("outcome ResponseMissing", 100),
        ("outcome ResponseTimedOut", 60),
        ("outcome ResponseTruncated", 60),
        ("pipe filled", 3000),
        ("reader waited for a block", 200),
        ("reload", 100),
        ("request diverted", 200),
        ("request drilled", 200),
        ("request over the budget", 10),
        ("request queued", 600),
        ("request rescued", 90),
        ("request sent again", 300),
        ("request sent again within its version", 240),
        ("request to an ejected endpoint, because all are", 300),
        ("request with a version of its own", 2000),
        ("upstream connection reused", 4000),
    ];

    [Fact]
    public void Laws_hold_in_every_world()
    {
        var (from, to) = (0, Seeds - 1);
        if (Environment.GetEnvironmentVariable("FASTCANARY_SIMULATION_SEED") is { Length: > 0 } one)
        {
            Execute(int.Parse(one, CultureInfo.InvariantCulture), output.WriteLine);
            return;
        }

        if (Environment.GetEnvironmentVariable("FASTCANARY_SIMULATION_SWEEP") is { Length: > 0 } sweep)
        {
            var bounds = sweep.Split("..");
            (from, to) = (int.Parse(bounds[0], CultureInfo.InvariantCulture), int.Parse(bounds[1], CultureInfo.InvariantCulture));
        }

        var coverage = new Coverage();
        var failures = new List<string>();
        for (var seed = from; seed <= to && failures.Count < 3; seed++)
        {
            try
            {
                coverage.Add(Execute(seed, writer: null));
            }
            catch (LawBrokenException e)
            {
                failures.Add(e.Message);
            }
        }

        output.WriteLine(coverage.ToString());
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        if (to - from + 1 < Seeds) return;
        foreach (var (what, least) in Expected) Assert.True(coverage[what] >= least, $"only {coverage[what]} of {what}, expected {least}");
    }

    [Fact]
    public void A_seed_is_always_the_same_run()
    {
        for (var seed = 0; seed < 16; seed++) Assert.Equal(Hash(seed), Hash(seed));
    }

    [Fact]
    public void Seeds_are_different_runs() => Assert.Equal(16, Enumerable.Range(0, 16).Select(Hash).Distinct().Count());

    private static ulong Hash(int seed)
    {
        using var run = new Run(seed);
        run.Execute();
        return run.Network.Trace.Hash;
    }

    private static Coverage Execute(int seed, Action<string>? writer)
    {
        using var run = new Run(seed);
        run.Network.Trace.Writer = writer;
        try
        {
            writer?.Invoke(run.Profile.ToString());
            run.Execute();
            writer?.Invoke(run.Coverage.ToString());
            return run.Coverage;
        }
        catch (Exception e)
        {
            var report = new StringBuilder();
            report.Append(CultureInfo.InvariantCulture, $"seed {seed}: {e.Message}\n{run.Profile}\nlast events:\n");
            foreach (var entry in run.Network.Trace.Last(LastEvents)) report.Append("  ").Append(entry).Append('\n');
            report.Append(CultureInfo.InvariantCulture, $"replay: FASTCANARY_SIMULATION_SEED={seed} dotnet test tests/FastCanary.Simulation.Tests");
            throw new LawBrokenException(report.ToString(), e);
        }
    }
}
