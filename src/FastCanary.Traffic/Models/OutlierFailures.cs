namespace FastCanary.Traffic;

/// <summary>What outlier ejection counts.</summary>
[Flags]
public enum OutlierFailures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No connection.</summary>
    Connect = 1,

    /// <summary>No connection, no response head or no progress in time.</summary>
    Timeout = 2,

    /// <summary>A connection that ended before its response was complete, or a response that cannot be read in one way only.</summary>
    Reset = 4,

    /// <summary>A status from 500 to 599.</summary>
    Status5xx = 8,

    /// <summary>All of these.</summary>
    All = Connect | Timeout | Reset | Status5xx,
}
