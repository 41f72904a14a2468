using System.Collections.Immutable;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>A version, and the labels of its series and its endpoints'.</summary>
internal sealed class VersionLabels
{
    /// <param name="service">The version's.</param>
    /// <param name="serviceAt">The service's place in the snapshot.</param>
    /// <param name="version">The version.</param>
    public VersionLabels(ServiceModel service, int serviceAt, VersionModel version)
    {
        Service = service;
        ServiceAt = serviceAt;
        Version = version;
        Labels = MetricsWriter.Labels(MetricsWriter.Label("service", service.Name), MetricsWriter.Label("version", version.Name));
        Endpoints = [.. version.Endpoints.Select(endpoint => MetricsWriter.Labels(Labels, MetricsWriter.Label("endpoint", endpoint.Name)))];
        var weights = service.Versions.Sum(static each => each.Weight);
        IntendedShare = weights > 0 ? (double)version.Weight / weights : 0;
    }

    /// <summary>The version's service.</summary>
    public ServiceModel Service { get; }

    /// <summary>The service's place in the snapshot.</summary>
    public int ServiceAt { get; }

    /// <summary>The version.</summary>
    public VersionModel Version { get; }

    /// <summary><c>service</c> and <c>version</c>.</summary>
    public byte[] Labels { get; }

    /// <summary>The same and <c>endpoint</c>, in the endpoints' order.</summary>
    public ImmutableArray<byte[]> Endpoints { get; }

    /// <summary>What the weights give it, 0 to 1.</summary>
    public double IntendedShare { get; }
}
