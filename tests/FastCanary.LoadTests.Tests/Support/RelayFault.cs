namespace FastCanary.LoadTests.Tests.Support;

/// <summary>What a relay does wrong.</summary>
public enum RelayFault
{
    None,

    /// <summary>Flips a bit.</summary>
    Flip,

    /// <summary>Loses a byte.</summary>
    Lose,

    /// <summary>Sends a byte twice.</summary>
    Double,

    /// <summary>Ends both ways after so many bytes, as if all were well.</summary>
    Truncate,

    /// <summary>Resets both connections after so many bytes.</summary>
    Reset,

    /// <summary>Does not pass on that a side has ended.</summary>
    KeepOpen,

    /// <summary>Takes the end of one way for the end of both.</summary>
    CloseBoth,
}
