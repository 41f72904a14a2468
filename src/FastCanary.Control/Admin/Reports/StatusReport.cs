namespace FastCanary.Control;

/// <summary>The process and its services, as <c>GET /api/v1/status</c> tells.</summary>
/// <param name="Version">The program's.</param>
/// <param name="Transport">The backend's name.</param>
/// <param name="Loops">Number of loops.</param>
/// <param name="UptimeSeconds">Since the start of the process.</param>
/// <param name="Configuration">Where it comes from.</param>
/// <param name="Services">In the order of the configuration.</param>
internal sealed record StatusReport(
    string Version, string Transport, int Loops, double UptimeSeconds, ConfigurationReport Configuration, IReadOnlyList<ServiceReport> Services);
