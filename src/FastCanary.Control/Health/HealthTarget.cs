using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An endpoint, and how it is checked.</summary>
internal sealed record HealthTarget(EndpointModel Endpoint, HealthModel Health);
