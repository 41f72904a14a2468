namespace FastCanary.LoadTests.Stage;

/// <summary>What FastCanary's admin API tells of an endpoint.</summary>
/// <param name="Address">As configured.</param>
/// <param name="IsUp">Whether its health check says so.</param>
/// <param name="Failures">Requests to it that failed, since the start.</param>
internal sealed record EndpointStatus(string Address, bool IsUp, long Failures);
