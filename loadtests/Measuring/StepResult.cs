namespace FastCanary.LoadTests.Measuring;

/// <summary>What became of a step's requests.</summary>
/// <param name="Name">Of the step.</param>
/// <param name="Simulations">The load that was put on it, in words, one stretch after another.</param>
/// <param name="Versions">The names behind <paramref name="ByVersion"/>.</param>
/// <param name="Latency">Of the requests that succeeded, in microseconds: in an open load from the moment at which each was due.</param>
/// <param name="Failed">Requests that failed.</param>
/// <param name="Failures">The same by what went wrong.</param>
/// <param name="ByVersion">Answers of each version.</param>
/// <param name="Bytes">Of content, both ways.</param>
/// <param name="LagP99">By how much the generator itself was late, 99th percentile, in microseconds.</param>
/// <param name="Seconds">Second by second.</param>
internal sealed record StepResult(
    string Name,
    IReadOnlyList<string> Simulations,
    IReadOnlyList<string> Versions,
    LatencyHistogram Latency,
    long Failed,
    IReadOnlyDictionary<string, long> Failures,
    IReadOnlyList<long> ByVersion,
    long Bytes,
    long LagP99,
    IReadOnlyList<SecondSample> Seconds)
{
    /// <summary>The processor time of the threads that put the load on, in seconds; 0 where the system does not tell.</summary>
    public double CpuSeconds { get; init; }

    public long Ended => Latency.Count + Failed;

    /// <summary>Connections that were opened.</summary>
    public long ConnectionsOpened { get; init; }

    /// <summary>Connections that the other side ended, or said that it would.</summary>
    public long ConnectionsDropped { get; init; }

    /// <summary>When its load began, in seconds of the scenario.</summary>
    public double From { get; init; }

    /// <summary>When its last request ended, in seconds of the scenario; 0 if none has.</summary>
    public double To { get; init; }

    /// <summary>The seconds of its load: the recorder goes on to the end of the scenario.</summary>
    public IEnumerable<SecondSample> LoadedSeconds => Seconds.Where(second => Ended > 0 && second.Second >= Math.Floor(From) && second.Second <= To);

    /// <summary>Requests that ended, a second, from the load's begin to the last one's end; 0 where that is no time.</summary>
    public double Rate => To > From ? Ended / (To - From) : 0;
}
