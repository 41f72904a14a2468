using System.Collections.Immutable;
using System.Net;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>The sources that a rollout's guards read: which they are, and what they said last.</summary>
internal sealed class RolloutSources
{
    private readonly List<(string Guard, string Key)> _queries = [];
    private readonly List<string> _resources = [];
    private readonly RolloutConfig _config;

    /// <param name="service">Whose rollout.</param>
    /// <param name="config">Its rollout.</param>
    /// <param name="http">Asks.</param>
    /// <param name="clock">Tells when.</param>
    /// <param name="sources">Takes what is to be polled.</param>
    public RolloutSources(ServiceModel service, RolloutConfig config, OutboundHttp http, TimeProvider clock, List<PolledSource> sources)
    {
        _config = config;
        foreach (QueryConfig query in config.Analysis.Queries)
        {
            var source = new PrometheusQuery(query.Name, query.Prometheus!, query.Query, http, clock);
            _queries.Add((query.Name, source.Key));
            sources.Add(new PolledSource(source, query.Interval));
        }

        if (config.Analysis.Resources is not { } resources)
            return;
        foreach ((string name, Uri address) in AddressesOf(service, config, resources))
        {
            var source = new ResourceSource(name, address, http, clock);
            _resources.Add(source.Key);
            sources.Add(new PolledSource(source, SourcePoller.DefaultInterval));
        }
    }

    /// <summary>What each guard's source said last. Of several endpoints the one that uses most counts, and where one of them says nothing, nothing is known.</summary>
    public ImmutableArray<GuardReading> Latest(SourcePoller poller)
    {
        var readings = ImmutableArray.CreateBuilder<GuardReading>();
        foreach ((string guard, string key) in _queries)
        {
            if (poller.Latest(key) is [var reading])
                readings.Add(Of(guard, reading));
        }

        if (_config.Analysis.Resources is not { } resources)
            return readings.ToImmutable();
        if (resources.CpuBasisPoints is not null || _config.Analysis.Policy == AnalysisPolicy.Thresholds)
            readings.Add(Largest(GuardReading.Cpu, poller, static read => read[ResourceSource.Cpu]));
        if (resources.MemoryBasisPoints is not null)
            readings.Add(Largest(GuardReading.Memory, poller, MemoryShare));
        return readings.ToImmutable();
    }

    private static IEnumerable<(string Name, Uri Address)> AddressesOf(ServiceModel service, RolloutConfig config, ResourcesConfig resources)
    {
        if (resources.Url is { } url)
            return [($"resources {service.Name}", url)];
        return service.Versions
            .Where(version => version.Name == config.Canary)
            .SelectMany(version => version.Endpoints)
            .Select(endpoint => ($"resources {endpoint.Name}", AddressOf(endpoint, resources)));
    }

    // The path may have a query.
    private static Uri AddressOf(EndpointModel endpoint, ResourcesConfig resources) =>
        new($"http://{new IPEndPoint(endpoint.Address.Address, resources.Port > 0 ? resources.Port : endpoint.Address.Port)}{resources.Path}");

    // Of what is configured, else of what the process itself tells.
    private Reading MemoryShare(Reading[] read)
    {
        Reading used = read[ResourceSource.Memory];
        double limit = _config.Analysis.Resources!.MemoryLimitBytes;
        if (limit <= 0)
            limit = read[ResourceSource.MemoryMax].Value ?? 0;
        if (used.Value is not { } bytes)
            return used;
        return limit > 0 ? Reading.Of(bytes / limit, used.At) : Reading.Lacking("how much memory there is, is not known: resources.memoryLimit says so", used.At);
    }

    private GuardReading Largest(string guard, SourcePoller poller, Func<Reading[], Reading> figure)
    {
        GuardReading largest = new(guard, default, Value: null, "not read yet");
        foreach (string key in _resources)
        {
            Reading[] readings = poller.Latest(key);
            if (readings.Length == 0)
                return new GuardReading(guard, default, Value: null, "not read yet");
            GuardReading reading = Of(guard, figure(readings));
            if (reading.Value is not { } value)
                return reading;
            if (largest.Value is null || value > largest.Value)
                largest = reading;
        }

        return largest;
    }

    private static GuardReading Of(string guard, Reading reading) =>
        new(guard, reading.At, reading.Value, reading.Value is null && reading.Problem.Length == 0 ? "too early to tell" : reading.Problem);
}
