namespace FastCanary.Control;

/// <summary>One endpoint of a version.</summary>
/// <param name="Address"><c>host:port</c>, as configured.</param>
/// <param name="Weight">Among the version's endpoints, 0 to 65535.</param>
/// <param name="Up">Its health check says so, or there is none.</param>
/// <param name="Ejected">Out for its failures in a row.</param>
/// <param name="Failures">Requests to it that failed, since the start of the process.</param>
internal sealed record EndpointReport(string Address, int Weight, bool Up, bool Ejected, long Failures);
