namespace FastCanary.LoadTests.Engine;

/// <summary>Makes load simulations.</summary>
internal static class Simulation
{
    /// <summary>The duration of a load that goes on until it is cancelled.</summary>
    public static readonly TimeSpan UntilCancelled = TimeSpan.MaxValue;

    /// <summary>Open: so many requests a second, evenly spaced.</summary>
    public static LoadSimulation Inject(double rate, TimeSpan during) => Make(SimulationKind.Inject, rate, during);

    /// <summary>Open: from the rate before, 0 at first, evenly to this one.</summary>
    public static LoadSimulation RampingInject(double rate, TimeSpan during) => Make(SimulationKind.RampingInject, rate, during);

    /// <summary>Closed: so many copies, each with one request under way.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => Make(SimulationKind.KeepConstant, copies, during);

    /// <summary>Closed: from the copies before, 0 at first, evenly to this many.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => Make(SimulationKind.RampingConstant, copies, during);

    /// <summary>Nothing for a while.</summary>
    public static LoadSimulation Pause(TimeSpan during) => Make(SimulationKind.Pause, 0, during);

    private static LoadSimulation Make(SimulationKind kind, double target, TimeSpan during)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(during, TimeSpan.Zero);
        return new LoadSimulation(kind, target, during);
    }
}
