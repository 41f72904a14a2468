using System.Buffers.Text;
using FastCanary.Proxy;

namespace FastCanary.Control;

/// <content>What became of each version's requests.</content>
internal sealed partial class MetricsText
{
    // Two passes over the counters, since a family's series stand together; what is small is kept from the first one.
    private void WriteRequests(MetricsWriter to, MetricsInput input, MetricsLabels labels)
    {
        Span<byte> status = stackalloc byte[3];
        to.Family("http_requests_total"u8, "counter"u8, "Requests by the version whose turn it was and the status that the client got."u8);
        for (var i = 0; i < labels.Versions.Length; i++)
        {
            var version = labels.Versions[i];
            input.Traffic.Read(version.Version, _totals);
            _figures[i] = new VersionFigures(_totals.Counters, _totals.Requests, _totals.Failures, _totals.Business);
            for (var at = 0; at < _totals.Statuses.Length; at++)
            {
                if (_totals.Statuses[at] == 0) continue;
                Utf8Formatter.TryFormat(VersionTotals.StatusMin + at, status, out _);
                to.Sample("http_requests_total"u8, default, version.Labels, "status"u8, status, _totals.Statuses[at]);
            }
        }

        to.Family("http_response_time_seconds"u8, "histogram"u8, "From the request's complete head to the last byte of the response."u8);
        foreach (var version in labels.Versions)
        {
            input.Traffic.Read(version.Version, _totals);
            var count = LatencyBuckets.Sum(_totals.Latency, _edges);
            for (var edge = 0; edge < _edges.Length; edge++)
                to.Sample("http_response_time_seconds"u8, "_bucket"u8, version.Labels, "le"u8, LatencyBuckets.Text(edge), _edges[edge]);
            to.Sample("http_response_time_seconds"u8, "_bucket"u8, version.Labels, "le"u8, "+Inf"u8, count);
            to.Sample("http_response_time_seconds"u8, "_sum"u8, version.Labels, default, default, _totals.LatencySumMicros / 1e6);
            to.Sample("http_response_time_seconds"u8, "_count"u8, version.Labels, default, default, count);
        }
    }

    private void WriteTries(MetricsWriter to, MetricsLabels labels)
    {
        Write(to, labels, "fastcanary_requests_total"u8, "Requests whose turn was the version's that have ended, answered or not."u8, static of => of.Requests);
        Write(to, labels, "fastcanary_request_failures_total"u8, "Requests that failed in the sense of the evidence, however they were routed."u8, static of => of.Failures);
        Write(to, labels, "fastcanary_business_errors_total"u8, "Responses with the business-error header."u8, static of => of.Business);
        to.Family("fastcanary_retries_total"u8, "counter"u8, "Requests that were sent again: within the version (retry), or to the baseline (rescue)."u8);
        for (var i = 0; i < labels.Versions.Length; i++)
        {
            to.Sample("fastcanary_retries_total"u8, default, labels.Versions[i].Labels, "reason"u8, "retry"u8, _figures[i].Counters.Retries);
            to.Sample("fastcanary_retries_total"u8, default, labels.Versions[i].Labels, "reason"u8, "rescue"u8, _figures[i].Counters.Rescued);
        }

        Write(to, labels, "fastcanary_retries_over_budget_total"u8, "Requests that would have been sent again, but for the budget."u8, static of => of.Counters.OverBudget);
        Write(to, labels, "fastcanary_failed_tries_total"u8, "Tries on the version that failed; a request that was sent again has more than one."u8, static of => of.Counters.Failures);
        Write(to, labels, "fastcanary_diverted_total"u8, "Requests that went to the baseline because no endpoint of the version was available."u8, static of => of.Counters.Diverted);
        Write(to, labels, "fastcanary_queued_total"u8, "Requests that waited for a connection to an endpoint."u8, static of => of.Counters.Queued);
        Write(to, labels, "fastcanary_faults_injected_total"u8, "Requests that a fault drill delayed or answered."u8, static of => of.Counters.Faults);
    }

    private void Write(MetricsWriter to, MetricsLabels labels, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help, Func<VersionFigures, long> figure)
    {
        to.Family(name, "counter"u8, help);
        for (var i = 0; i < labels.Versions.Length; i++) to.Sample(name, labels.Versions[i].Labels, figure(_figures[i]));
    }

    private readonly record struct VersionFigures(VersionCounters Counters, long Requests, long Failures, long Business);
}
