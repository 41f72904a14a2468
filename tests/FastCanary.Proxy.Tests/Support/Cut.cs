namespace FastCanary.Proxy.Tests;

/// <summary>How the same bytes are handed to the kernel: where a parser's result depends on it, that is a bug.</summary>
public enum Cut
{
    /// <summary>In one write.</summary>
    Whole,

    /// <summary>One write per byte.</summary>
    Bytes,

    /// <summary>Seeded random pieces.</summary>
    Random,
}
