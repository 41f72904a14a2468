using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>How often requests to one endpoint failed on one loop, and how the last one did.</summary>
public record struct EndpointFailures(long Count, ExchangeOutcome LastOutcome, ConnectionFailure LastFailure);
