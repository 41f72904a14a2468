using System.Globalization;

namespace FastCanary.Benchmarks.Reports;

/// <summary>What a round's process hands to the one that started it, as JSON.</summary>
/// <param name="Measurements">In the order of the run.</param>
/// <param name="OthersCores">Cores that other processes used meanwhile; null where the system does not tell.</param>
internal sealed record RoundResult(RoundMeasurement[] Measurements, double? OthersCores)
{
    internal string OthersCoresText => OthersCores?.ToString("0.0", CultureInfo.InvariantCulture) ?? "unknown";
}
