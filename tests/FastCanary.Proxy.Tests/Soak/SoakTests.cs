using System.Globalization;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>
/// Everything at once and at random for as long as it is wanted, with reloads all the while: no byte goes astray, and nothing is left behind. Alone,
/// because it counts what the whole process holds.
/// </summary>
/// <remarks>
/// FASTCANARY_SOAK_SECONDS says how long, FASTCANARY_SOAK_SEED repeats what was drawn; how threads and the kernel interleave it is not the seed's.
/// </remarks>
[Collection(nameof(SoakTests))]
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Clients = 12;
    private const int Loops = 2;
    private const int WarmUpSeconds = 2;

    // From here on each kind of action has had its chance.
    private const int CoverageSeconds = 10;

    // Independent of the duration: what was made once and is kept, because more happened at once than in the warm-up.
    private const long ManagedGrowthMax = 2 << 20;

    // Each loop keeps up to 32 free pipes for the next bodies, of two ends each; with more than those, one leaks.
    private const int KeptPipeEndsMax = Loops * 32 * 2;

    // The runtime opens files when it first needs them: assemblies, the control group's limits.
    private const int OtherDescriptorsMax = 8;

    [Fact]
    public void Whatever_clients_origins_and_reloads_do_no_byte_goes_astray_and_nothing_is_left()
    {
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("FASTCANARY_SOAK_SECONDS"), CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : 10;
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("FASTCANARY_SOAK_SEED"), CultureInfo.InvariantCulture, out var given) ? given : (ulong)Random.Shared.NextInt64();
        Say(string.Create(CultureInfo.InvariantCulture, $"FASTCANARY_SOAK_SEED={seed} FASTCANARY_SOAK_SECONDS={seconds}"));
        try
        {
            using var run = new SoakRun(seed, Loops, Clients);
            Soak(run, seconds);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"with FASTCANARY_SOAK_SEED={seed} FASTCANARY_SOAK_SECONDS={seconds}: {e.Message}"), e);
        }
    }

    private void Soak(SoakRun run, int seconds)
    {
        var pipesBefore = SoakResources.Descriptors().Pipes;
        run.Phase(WarmUpSeconds);
        run.AssertNothingLeft();
        var before = SoakResources.Now();
        Say("after the warm-up: " + before);

        run.Phase(seconds, isCovering: seconds >= CoverageSeconds);
        Say(run.Report());
        run.AssertNothingLeft();
        var after = SoakResources.Now();
        Say("at the end: " + after);

        Assert.Equal(before.Sockets, after.Sockets);
        Assert.InRange(after.Pipes, 0, pipesBefore + KeptPipeEndsMax);
        Assert.InRange(after.Others, 0, before.Others + OtherDescriptorsMax);
        Assert.InRange(after.ManagedBytes, 0, before.ManagedBytes + ManagedGrowthMax);
        if (seconds >= CoverageSeconds) run.AssertEverythingHappened();
    }

    private void Say(string text)
    {
        output.WriteLine(text);
        TestContext.Current.SendDiagnosticMessage(text);
    }
}
