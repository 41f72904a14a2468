namespace FastCanary.LoadTests.Capacity;

/// <summary>What a machine should carry.</summary>
/// <param name="Machine">Which.</param>
/// <param name="Speed">Of a core, where the measured machine's is 1.</param>
/// <param name="Requests">Small requests a second on kept connections.</param>
/// <param name="IsRequestsByNetwork">Whether the network limits them, and not the cores.</param>
/// <param name="Connections">New connections a second, with a request each.</param>
/// <param name="MiBs">MiB a second of large responses.</param>
/// <param name="IsMiBsByNetwork">Whether the network limits them.</param>
/// <param name="Idle">Idle connections.</param>
internal sealed record CapacityEstimate(Machine Machine, double Speed, double Requests, bool IsRequestsByNetwork, double Connections, double MiBs, bool IsMiBsByNetwork, double Idle);
