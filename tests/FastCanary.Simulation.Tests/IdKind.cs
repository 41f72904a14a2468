namespace FastCanary.Simulation.Tests;

/// <summary>What a client sends as X-Request-ID.</summary>
internal enum IdKind
{
    None,
    Valid,
    Invalid,
    TooLong,
}
