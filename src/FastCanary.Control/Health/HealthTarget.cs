using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An endpoint, and how it is checked.</summary>
internal readonly record struct HealthTarget(EndpointModel Endpoint, HealthModel Health);
