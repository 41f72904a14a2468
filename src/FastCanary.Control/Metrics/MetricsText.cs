using System.Buffers;
using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>
/// All metrics, in Prometheus' text format 0.0.4 (docs/metrics.md). Families one behind the other, as the format wants it. Allocates for a new snapshot, for its labels, and nothing for a series.
/// Any thread; one at a time writes.
/// </summary>
internal sealed partial class MetricsText
{
    private readonly Lock _writing = new();
    private readonly VersionTotals _totals = new();
    private readonly long[] _edges = new long[LatencyBuckets.Count];
    private readonly ProcessUsage _process = new();
    private MetricsLabels? _labels;
    private VersionFigures[] _figures = [];

    /// <summary>Every phase of a rollout.</summary>
    public static IReadOnlyList<string> Phases { get; } = ["Idle", "Progressing", "Paused", "Promoted", "Aborting", "Aborted"];

    /// <summary>Writes everything.</summary>
    public void Write(IBufferWriter<byte> output, MetricsInput input)
    {
        lock (_writing)
        {
            var labels = _labels;
            if (labels is null || !ReferenceEquals(labels.Snapshot, input.Snapshot)) _labels = labels = new MetricsLabels(input.Snapshot);
            if (_figures.Length < labels.Versions.Length) _figures = new VersionFigures[labels.Versions.Length];
            var to = new MetricsWriter(output);
            WriteRequests(to, input, labels);
            WriteTries(to, labels);
            WriteSplit(to, input, labels);
            WriteEndpoints(to, input, labels);
            WriteMirrors(to, labels);
            WriteConnections(to, input, labels);
            WriteRollouts(to, input, labels);
            WriteProgram(to, input);
            WriteProcess(to);
        }
    }

    private static void WriteSplit(MetricsWriter to, MetricsInput input, MetricsLabels labels)
    {
        to.Family("fastcanary_version_weight"u8, "gauge"u8, "The version's live weight in its service's split."u8);
        foreach (var version in labels.Versions) to.Sample("fastcanary_version_weight"u8, version.Labels, version.Version.Weight);
        to.Family("fastcanary_version_intended_share"u8, "gauge"u8, "The part of the service's requests that the weights give the version, 0 to 1."u8);
        foreach (var version in labels.Versions) to.Sample("fastcanary_version_intended_share"u8, version.Labels, version.IntendedShare);
        to.Family("fastcanary_version_share"u8, "gauge"u8, "The part of the service's requests that the version had in the last minute, 0 to 1; NaN without requests."u8);
        foreach (var version in labels.Versions) to.Sample("fastcanary_version_share"u8, version.Labels, ShareOf(input, version));
    }

    private static double ShareOf(MetricsInput input, VersionLabels version)
    {
        var shares = version.ServiceAt < input.Services.Count ? input.Services[version.ServiceAt].Shares : [];
        return version.Version.Index < shares.Count ? shares[version.Version.Index] : double.NaN;
    }

    private static void WriteEndpoints(MetricsWriter to, MetricsInput input, MetricsLabels labels)
    {
        to.Family("fastcanary_endpoint_up"u8, "gauge"u8, "1 where the endpoint is up by its health check and not ejected, else 0."u8);
        foreach (var version in labels.Versions)
        {
            for (var i = 0; i < version.Endpoints.Length; i++)
                to.Sample("fastcanary_endpoint_up"u8, version.Endpoints[i], input.Traffic.IsUp(version.Version.Endpoints[i]) ? 1 : 0);
        }

        to.Family("fastcanary_endpoint_failures_total"u8, "counter"u8, "Requests to the endpoint that failed."u8);
        foreach (var version in labels.Versions)
        {
            for (var i = 0; i < version.Endpoints.Length; i++)
                to.Sample("fastcanary_endpoint_failures_total"u8, version.Endpoints[i], input.Traffic.FailuresOf(version.Version.Endpoints[i]));
        }

        to.Family("fastcanary_endpoint_ejections_total"u8, "counter"u8, "Times that the endpoint was ejected for failures in a row."u8);
        foreach (var version in labels.Versions)
        {
            for (var i = 0; i < version.Endpoints.Length; i++)
                to.Sample("fastcanary_endpoint_ejections_total"u8, version.Endpoints[i], version.Version.Endpoints[i].State.Ejections);
        }
    }

    private static void WriteConnections(MetricsWriter to, MetricsInput input, MetricsLabels labels)
    {
        to.Family("fastcanary_upstream_connections"u8, "gauge"u8, "Connections to the version's endpoints, in use (active) or kept for the next request (idle)."u8);
        foreach (var version in labels.Versions)
        {
            var (active, idle) = input.Traffic.UpstreamConnectionsOf(version.Version);
            to.Sample("fastcanary_upstream_connections"u8, default, version.Labels, "state"u8, "active"u8, active);
            to.Sample("fastcanary_upstream_connections"u8, default, version.Labels, "state"u8, "idle"u8, idle);
        }

        to.Family("fastcanary_connections"u8, "gauge"u8, "Client connections that are open."u8);
        for (var i = 0; i < labels.Listeners.Length; i++)
            to.Sample("fastcanary_connections"u8, labels.Listeners[i], input.Traffic.ConnectionsOf(input.Snapshot.Listeners[i]));
    }

    private static void WriteProgram(MetricsWriter to, MetricsInput input)
    {
        to.Family("fastcanary_exchanges_total"u8, "counter"u8, "Requests of all services that ended, by how."u8);
        for (var i = 0; i < MetricsNames.Outcomes.Length; i++)
            to.Sample("fastcanary_exchanges_total"u8, default, default, "outcome"u8, MetricsNames.Outcomes[i], input.Traffic.Count((ExchangeOutcome)i));
        to.Family("fastcanary_config_reloads_total"u8, "counter"u8, "Reloads of the configuration; a failed one changed nothing."u8);
        to.Sample("fastcanary_config_reloads_total"u8, default, default, "result"u8, "success"u8, input.ReloadsSucceeded);
        to.Sample("fastcanary_config_reloads_total"u8, default, default, "result"u8, "failure"u8, input.ReloadsFailed);
        to.Family("fastcanary_access_log_dropped_total"u8, "counter"u8, "Lines of the access log that were dropped because its buffer was full."u8);
        to.Sample("fastcanary_access_log_dropped_total"u8, input.AccessLogDropped);
        to.Family("fastcanary_build_info"u8, "gauge"u8, "1; the program's version and its transport are labels."u8);
        to.Sample("fastcanary_build_info"u8, MetricsWriter.Labels(MetricsWriter.Label("version", input.Version), MetricsWriter.Label("transport", input.Transport)), 1);
    }
}
