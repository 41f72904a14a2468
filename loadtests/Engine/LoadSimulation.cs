using System.Globalization;

namespace FastCanary.LoadTests.Engine;

/// <summary>One stretch of a load's course. Stretches follow each other; made by <see cref="Simulation"/>.</summary>
/// <param name="Kind">What is held: a rate, or a number of copies.</param>
/// <param name="Target">Requests a second, or copies, at the end of the stretch; a ramp begins where the stretch before it ended.</param>
/// <param name="During">How long the stretch lasts.</param>
internal sealed record LoadSimulation(SimulationKind Kind, double Target, TimeSpan During)
{
    /// <summary>As in a report: <c>inject 1000/s for 30 s</c>.</summary>
    public override string ToString()
    {
        string during = During == Simulation.UntilCancelled ? "" : $" for {During.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
        string seconds = During.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
        string target = Target.ToString("0.##", CultureInfo.InvariantCulture);
        return Kind switch
        {
            SimulationKind.Inject => $"inject {target}/s{during}",
            SimulationKind.RampingInject => $"ramp to {target}/s in {seconds}",
            SimulationKind.KeepConstant => $"keep {target} copies{during}",
            SimulationKind.RampingConstant => $"ramp to {target} copies in {seconds}",
            _ => $"pause for {seconds}",
        };
    }
}
