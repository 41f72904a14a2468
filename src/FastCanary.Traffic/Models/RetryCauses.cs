namespace FastCanary.Traffic;

/// <summary>What a request is sent again for.</summary>
[Flags]
public enum RetryCauses
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No connection: none of the request was sent, so any method may go again.</summary>
    Connect = 1,

    /// <summary>The connection ended before a byte of the response.</summary>
    Reset = 2,

    /// <summary>No connection, or no response head, within the time-out.</summary>
    Timeout = 4,

    /// <summary>The response is a 500.</summary>
    Status500 = 8,

    /// <summary>The response is a 502.</summary>
    Status502 = 16,

    /// <summary>The response is a 503.</summary>
    Status503 = 32,

    /// <summary>The response is a 504.</summary>
    Status504 = 64,

    /// <summary>The response has any other status from 500 to 599.</summary>
    StatusOther5xx = 128,

    /// <summary>The response has a status from 500 to 599.</summary>
    Status5xx = Status500 | Status502 | Status503 | Status504 | StatusOther5xx,
}
