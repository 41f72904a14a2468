using System.Collections.Immutable;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>The labels of everything in one snapshot, prepared, so that a series costs copies only.</summary>
internal sealed class MetricsLabels
{
    private readonly Dictionary<string, byte[]> _guards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _decisions = new(StringComparer.Ordinal);

    /// <param name="snapshot">Whose.</param>
    public MetricsLabels(Snapshot snapshot)
    {
        Snapshot = snapshot;
        Listeners = [.. snapshot.Listeners.Select(static listener => MetricsWriter.Label("listener", listener.State.Address))];
        Services = [.. snapshot.Services.Select(static service => MetricsWriter.Label("service", service.Name))];
        Versions = [.. snapshot.Services.SelectMany(static (service, at) => service.Versions.Select(version => new VersionLabels(service, at, version)))];
    }

    /// <summary>Whose labels they are.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>In the snapshot's order: <c>listener</c>.</summary>
    public ImmutableArray<byte[]> Listeners { get; }

    /// <summary>In the snapshot's order: <c>service</c>.</summary>
    public ImmutableArray<byte[]> Services { get; }

    /// <summary>Every version of every service, in the snapshot's order.</summary>
    public ImmutableArray<VersionLabels> Versions { get; }

    /// <summary>The label of a guard, which no snapshot knows.</summary>
    public ReadOnlySpan<byte> Guard(string guard) => Find(_guards, "guard", guard);

    /// <summary>The label of a decision's kind.</summary>
    public ReadOnlySpan<byte> Decision(string kind) => Find(_decisions, "decision", kind);

    private static byte[] Find(Dictionary<string, byte[]> known, string name, string value)
    {
        if (!known.TryGetValue(value, out var label)) known.Add(value, label = MetricsWriter.Label(name, value));
        return label;
    }
}
