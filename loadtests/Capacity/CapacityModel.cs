namespace FastCanary.LoadTests.Capacity;

/// <summary>
/// From what work costs on one machine to what another should carry: the work is divided by how fast a core is, multiplied by the cores, kept to a part of them,
/// and bounded by the network and the memory.
/// </summary>
internal static class CapacityModel
{
    /// <summary>The part of the cores that is used: above it, queues grow and latency with them.</summary>
    public const double Utilisation = 0.7;

    /// <summary>How much of n cores' work comes through: 1 / (1 + this · (n − 1)), Gunther's universal scalability law without its term for coherence.</summary>
    public const double Contention = 0.005;

    /// <summary>Bytes that a small exchange puts on the wire in one direction: its request to the endpoint and its response to the client, heads, content and packets' own headers.</summary>
    public const double SmallExchangeBytes = 1500;

    /// <summary>The kernel's memory for an idle TCP connection, in KiB.</summary>
    public const double KernelConnectionKiB = 4;

    /// <summary>The part of the memory that idle connections may take.</summary>
    public const double MemoryShare = 0.5;

    /// <summary>Null where the machine's cores cannot be compared: 7-zip was not there to rate those that were measured.</summary>
    public static CapacityEstimate? Estimate(MeasuredCosts costs, Machine machine)
    {
        double? speed = machine.MipsPerCore is { } mips ? mips / costs.Mips : 1;
        if (speed is not { } factor) return null;
        double cores = machine.Cores / (1 + (Contention * (machine.Cores - 1)));
        double microsPerSecond = Utilisation * cores * factor * 1e6;
        double bytesPerSecond = Utilisation * machine.NetworkMbits * 1e6 / 8;
        (double byCores, double byNetwork) = (microsPerSecond / costs.RequestMicros, bytesPerSecond / SmallExchangeBytes);
        (double largeByCores, double largeByNetwork) = (microsPerSecond / costs.MiBMicros, bytesPerSecond / 1048576);
        return new CapacityEstimate(
            machine,
            factor,
            Math.Min(byCores, byNetwork),
            byNetwork < byCores,
            Math.Min(microsPerSecond / costs.ConnectionMicros, byNetwork),
            Math.Min(largeByCores, largeByNetwork),
            largeByNetwork < largeByCores,
            Math.Max(0, ((MemoryShare * machine.MemoryGiB * 1048576) - (costs.BaseMiB * 1024)) / (costs.ConnectionKiB + KernelConnectionKiB)));
    }
}
