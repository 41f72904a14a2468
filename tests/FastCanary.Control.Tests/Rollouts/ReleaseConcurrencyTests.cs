using System.Buffers;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>Everybody at the same time: reloads, commands, looks, readers and requests.</summary>
public sealed class ReleaseConcurrencyTests
{
    [Fact]
    public void Whoever_asks_for_what_at_the_same_time_the_journal_stays_whole_and_says_what_is_in_force()
    {
        using var lab = new ReleaseLab(ReleaseLab.Gated, new CountingOrigin(), new CountingOrigin(failureRate: 0.02), new CountingOrigin());
        string[] files =
        [
            ReleaseLab.Gated,
            ReleaseLab.Gated.Replace("weight: 1,", "weight: 3,", StringComparison.Ordinal),
            ReleaseLab.Gated.Replace("$1", "$2", StringComparison.Ordinal),
            ReleaseLab.Gated.Replace("weight: 50%", "weight: 60%", StringComparison.Ordinal),
        ];
        RolloutVerb[] verbs = Enum.GetValues<RolloutVerb>();
        using var stop = new CancellationTokenSource();
        var failures = new List<Exception>();
        int reloads = 0;
        int commands = 0;
        Thread[] threads =
        [
            Run(random => { lab.Reload(files[random.Next(files.Length)]); reloads++; }),
            Run(random => { lab.Command(verbs[random.Next(verbs.Length)], random.Next(2) == 0); commands++; }),
            Run(random => lab.SetWeights(("stable", random.Next(1, 9)), ("canary", random.Next(9)))),
            Run(_ => lab.Second()),
            Run(_ => lab.Control.Look()),
            Run(_ =>
            {
                StatusReport status = lab.Target.Status();
                Assert.Equal(1, status.Services[0].Versions.Sum(version => version.Intended), 1e-9);
                lab.Target.WriteMetrics(new ArrayBufferWriter<byte>());
            }),
            Run(_ => lab.Target.Journal("s", 20)),
            Run(_ => lab.Ask(20)),
        ];
        // A slow machine takes longer for as much.
        for (int slept = 0; slept < 3000 || (slept < 60_000 && (reloads <= 10 || commands <= 10) && !stop.IsCancellationRequested); slept += 100) Thread.Sleep(100);
        stop.Cancel();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
        Assert.True(reloads > 10 && commands > 10, $"{reloads} reloads, {commands} commands");

        lab.Second();
        VersionReport[] versions = [.. lab.Service.Versions];
        Assert.Equal(lab.Split, string.Join(' ', versions.Select(version => $"{version.Name}={version.Weight}")));
        DecisionReport last = lab.Service.Decisions[0];
        Assert.Equal(lab.Split, string.Join(' ', last.To.Select(version => $"{version.Version}={version.Weight}")));
        string phase = lab.Rollout.Phase;
        lab.Stop();
        Assert.Null(lab.JournalFault());
        lab.AssertReplays();
        lab.Start();
        Assert.Equal(phase, lab.Rollout.Phase);

        Thread Run(Action<Random> act)
        {
            var thread = new Thread(() =>
            {
                var random = new Random(Environment.CurrentManagedThreadId);
                try
                {
                    while (!stop.IsCancellationRequested) act(random);
                }
                catch (Exception failure)
                {
                    lock (failures) failures.Add(failure);
                    stop.Cancel();
                }
            });
            thread.Start();
            return thread;
        }
    }
}
