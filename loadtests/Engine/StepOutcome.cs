namespace FastCanary.LoadTests.Engine;

/// <summary>How a step ended.</summary>
/// <param name="Failure">One of <see cref="Failures"/>; null where all was as expected.</param>
/// <param name="Version">The number of the version that answered, or <see cref="VersionNames.Unknown"/>.</param>
/// <param name="Bytes">Of content, both ways.</param>
internal readonly record struct StepOutcome(string? Failure, int Version, long Bytes)
{
    public static StepOutcome Success(long bytes, int version = VersionNames.Unknown) => new(null, version, bytes);
}
