namespace FastCanary.LoadTests.Engine;

/// <summary>What the target did is not what a step expects of it.</summary>
/// <param name="kind">One of <see cref="Failures"/>.</param>
/// <param name="message">What was expected and what was seen.</param>
/// <param name="version">The number of the version that it was, or <see cref="VersionNames.Unknown"/>.</param>
internal sealed class StepFailedException(string kind, string message, int version = VersionNames.Unknown) : Exception(message)
{
    public string Kind => kind;

    public int Version => version;
}
