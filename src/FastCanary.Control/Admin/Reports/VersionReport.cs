namespace FastCanary.Control;

/// <summary>
/// One version of a service. What is "of the last minute" is null where there was nothing to measure. All counts are by whose turn it was, also where another version answered.
/// </summary>
/// <param name="Name">As configured.</param>
/// <param name="Weight">The live one, 0 to 65535.</param>
/// <param name="Share">The part of the service's requests that it had in the last minute, 0 to 1.</param>
/// <param name="Intended">The part that its weight gives it, 0 to 1.</param>
/// <param name="Requests">Since the start of the process.</param>
/// <param name="Errors">Those of them that are failures in the sense of the evidence, however they were routed.</param>
/// <param name="ErrorRate">Errors by requests of the last minute, 0 to 1.</param>
/// <param name="RequestsPerSecond">Of the last minute.</param>
/// <param name="P50">The median latency of the last minute, in seconds.</param>
/// <param name="P90">The 90th percentile, in seconds.</param>
/// <param name="P99">The 99th percentile, in seconds.</param>
/// <param name="HealthyEndpoints">How many of the endpoints are up and not ejected.</param>
/// <param name="Endpoints">In the order of the configuration.</param>
internal sealed record VersionReport(
    string Name,
    int Weight,
    double? Share,
    double Intended,
    long Requests,
    long Errors,
    double? ErrorRate,
    double? RequestsPerSecond,
    double? P50,
    double? P90,
    double? P99,
    int HealthyEndpoints,
    IReadOnlyList<EndpointReport> Endpoints);
