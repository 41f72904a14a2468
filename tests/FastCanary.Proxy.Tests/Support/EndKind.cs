namespace FastCanary.Proxy.Tests;

/// <summary>How a connection ended, seen from this side.</summary>
public enum EndKind
{
    /// <summary>It has not within the test's patience.</summary>
    Open,

    /// <summary>An orderly FIN.</summary>
    Closed,

    /// <summary>A reset.</summary>
    Reset,
}
