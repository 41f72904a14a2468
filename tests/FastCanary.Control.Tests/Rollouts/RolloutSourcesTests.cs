using System.Collections.Immutable;
using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>What the guards on resources read of several endpoints.</summary>
public sealed class RolloutSourcesTests
{
    [Fact]
    public void Of_several_endpoints_the_one_that_uses_most_counts()
    {
        using ScriptedOrigin one = Metrics(memory: 262144, memoryMax: 1000);
        using ScriptedOrigin two = Metrics(memory: 786432, memoryMax: 2000);
        Assert.Equal(0.75, Latest("memory: 90%, memoryLimit: 1MiB", HasValue, one.Port, two.Port).Value);
    }

    [Fact]
    public void Where_no_limit_is_configured_each_process_tells_its_own()
    {
        using ScriptedOrigin one = Metrics(memory: 300, memoryMax: 1000);
        using ScriptedOrigin two = Metrics(memory: 500, memoryMax: 2000);
        Assert.Equal(0.3, Latest("memory: 90%", HasValue, one.Port, two.Port).Value);
    }

    [Fact]
    public void Where_one_of_them_says_nothing_nothing_is_known()
    {
        using ScriptedOrigin one = Metrics(memory: 300, memoryMax: 1000);
        using var closed = new ClosedPort();
        GuardReading reading = Latest("memory: 90%, memoryLimit: 1MiB", static reading => reading.Problem is not ("" or "not read yet" or "too early to tell"), one.Port, closed.Port);
        Assert.Null(reading.Value);
        Assert.NotEmpty(reading.Problem);
    }

    [Fact]
    public void A_process_without_a_limit_is_a_problem_that_says_what_to_configure()
    {
        using ScriptedOrigin one = Metrics(memory: 300, memoryMax: null);
        GuardReading reading = Latest("memory: 90%", static reading => reading.Problem.Contains("memoryLimit", StringComparison.Ordinal), one.Port);
        Assert.Null(reading.Value);
        Assert.Contains("memoryLimit", reading.Problem, StringComparison.Ordinal);
    }

    /// <param name="resources">The keys of the section.</param>
    /// <param name="isAwaited">Whether a reading is what is waited for.</param>
    /// <param name="ports">Of the canary's endpoints.</param>
    private static GuardReading Latest(string resources, Func<GuardReading, bool> isAwaited, params int[] ports)
    {
        FastCanaryConfig config = Sample.Config(Sample.Listeners + $$"""
            services:
              s:
                versions:
                  stable: { weight: 9, endpoints: ["127.0.0.1:1"] }
                  canary: { weight: 1, endpoints: [{{string.Join(", ", ports.Select(port => $"\"127.0.0.1:{port}\""))}}] }
                rollout: { canary: canary, baseline: stable, analysis: { resources: { {{resources}}, from: { path: /metrics } } } }
            state: { path: state }
            """);
        ServiceModel service = new SnapshotCompiler(new StateTable()).Compile(config, [])!.Services[0];
        using var http = new OutboundHttp(TimeProvider.System);
        using var poller = new SourcePoller(new KeptLog(), TimeProvider.System);
        var polled = new List<PolledSource>();
        var sources = new RolloutSources(service, config.Services[0].Rollout!, http, TimeProvider.System, polled);
        Assert.Equal(ports.Length, polled.Count);
        // At once, all of them: by themselves they would be spread over their interval.
        poller.Apply([.. polled.Select(source => new PolledSource(source.Source, TimeSpan.FromMilliseconds(200)))]);
        GuardReading latest = default;
        Eventually.Holds(
            () =>
            {
                // A poll may have found no answer in time, and the next one does.
                latest = Assert.Single(sources.Latest(poller));
                return isAwaited(latest);
            },
            () => $"every endpoint has been asked: {latest}");
        return latest;
    }

    private static bool HasValue(GuardReading reading) => reading.Value is not null;

    private static ScriptedOrigin Metrics(long memory, long? memoryMax) => ScriptedOrigin.Answering(_ => ScriptedOrigin.Response(
        $"process_cpu_seconds_total 1\nprocess_resident_memory_bytes {memory}\n{(memoryMax is null ? "" : $"process_virtual_memory_max_bytes {memoryMax}\n")}"));
}
