namespace FastCanary.Simulation.Tests;

/// <summary>How a body is framed.</summary>
internal enum BodyKind
{
    None,
    Length,
    Chunked,
    UntilClose,
}
