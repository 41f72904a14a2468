namespace FastCanary.LoadTests.Capacity;

/// <summary>What FastCanary's work costs on the machine that it was measured on: medians over the rounds.</summary>
/// <param name="RequestMicros">CPU per small request on a kept connection, in microseconds, at half the rate that the machine reached: fewer requests share a pass of the loop than when it is driven flat out.</param>
/// <param name="FlatOutMicros">The same with as many requests as the machine takes.</param>
/// <param name="ConnectionMicros">CPU per small request on a new connection.</param>
/// <param name="MiBMicros">CPU per MiB of a large response.</param>
/// <param name="ConnectionKiB">Resident memory per idle connection.</param>
/// <param name="BaseMiB">Resident memory under load, without idle connections.</param>
/// <param name="Mips">7-zip's rating of a core of this machine while all are busy; null: 7-zip is not there.</param>
internal sealed record MeasuredCosts(double RequestMicros, double FlatOutMicros, double ConnectionMicros, double MiBMicros, double ConnectionKiB, double BaseMiB, double? Mips);
