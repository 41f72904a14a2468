using System.Net;

namespace FastCanary.LoadTests.Engine;

/// <summary>How a load reaches its target.</summary>
/// <param name="Address">Where connections go.</param>
internal sealed record HttpLoadSettings(IPEndPoint Address)
{
    /// <summary>At most so many at a time, over all threads; requests that are due while all are busy wait, and their latency counts it.</summary>
    public int ConnectionsMax { get; init; } = 512;

    /// <summary>So many are open from the begin on, over all threads, and take turns; more are opened where that many are busy.</summary>
    public int ConnectionsMin { get; init; }

    /// <summary>A connection is closed after so many requests; 0: never.</summary>
    public int RequestsPerConnection { get; init; }

    /// <summary>After how many seconds without its whole answer a request has failed, counted from when it was due.</summary>
    public double TimeOutSeconds { get; init; } = 10;

    /// <summary>Threads that send and receive, each with its part of the connections.</summary>
    public int Threads { get; init; } = 1;
}
