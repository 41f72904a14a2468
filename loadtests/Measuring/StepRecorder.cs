using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Measuring;

/// <summary>Counts what becomes of a step's requests, from any thread. A step may be run several times: it goes on counting.</summary>
internal sealed class StepRecorder
{
    private readonly Lock _lock = new();
    private readonly Clock _clock;
    private readonly LatencyHistogram _latency = new();
    private readonly LatencyHistogram _latencyOfSecond = new();
    private readonly LatencyHistogram _lag = new();
    private readonly SortedDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly List<SecondSample> _seconds = [];
    private readonly List<string> _simulations = [];
    private readonly long[] _byVersion;
    private long[] _byVersionOfSecond;
    private int _second;
    private long _failed;
    private long _failedOfSecond;
    private long _bytes;
    private double _cpuSeconds;
    private long _opened;
    private long _dropped;
    private double _from = double.NaN;
    private double _to = double.NaN;

    /// <param name="name">In the report.</param>
    /// <param name="versions">Which answers are told apart.</param>
    /// <param name="clock">The scenario's.</param>
    public StepRecorder(string name, VersionNames versions, Clock clock)
    {
        (Name, Versions, _clock) = (name, versions, clock);
        _byVersion = new long[versions.Count];
        _byVersionOfSecond = new long[versions.Count];
        _second = (int)clock.Seconds;
    }

    public string Name { get; }

    public VersionNames Versions { get; }

    /// <summary>Requests that have ended, well or not.</summary>
    public long Ended
    {
        get
        {
            lock (_lock) return _latency.Count + _failed;
        }
    }

    public long Failed
    {
        get
        {
            lock (_lock) return _failed;
        }
    }

    /// <summary>The last whole second; null before there is one.</summary>
    public SecondSample? LastSecond
    {
        get
        {
            lock (_lock)
            {
                Tick();
                return _seconds.Count == 0 ? null : _seconds[^1];
            }
        }
    }

    /// <summary>Notes what load was put on the step, for the report.</summary>
    public void Simulates(IEnumerable<LoadSimulation> simulations)
    {
        foreach (LoadSimulation simulation in simulations) Simulates(simulation.ToString());
    }

    /// <summary>Notes a load that is no simulation, in words.</summary>
    public void Simulates(string load)
    {
        lock (_lock)
        {
            if (double.IsNaN(_from)) _from = _clock.Seconds;
            _simulations.Add(load);
        }
    }

    /// <summary>A request that got what it expected.</summary>
    /// <param name="micros">From when it was due, in an open load, to the end of its answer.</param>
    /// <param name="version">Its number, or <see cref="VersionNames.Unknown"/>.</param>
    /// <param name="bytes">Of content, both ways.</param>
    public void Succeed(long micros, int version, long bytes)
    {
        lock (_lock)
        {
            EndsAt(Tick());
            _latency.Record(micros);
            _latencyOfSecond.Record(micros);
            _bytes += bytes;
            Count(version);
        }
    }

    /// <summary>A request that did not.</summary>
    /// <param name="kind">One of <see cref="Failures"/>.</param>
    /// <param name="version">Who answered, if anybody did.</param>
    public void Fail(string kind, int version)
    {
        lock (_lock)
        {
            EndsAt(Tick());
            _failed++;
            _failedOfSecond++;
            _failures[kind] = _failures.GetValueOrDefault(kind) + 1;
            Count(version);
        }
    }

    /// <summary>A connection is opened.</summary>
    public void Open()
    {
        lock (_lock) _opened++;
    }

    /// <summary>A connection was ended by the other side, with or without a request under way.</summary>
    public void Drop()
    {
        lock (_lock) _dropped++;
    }

    /// <summary>How long after it was due a request was sent though a connection was free: the generator's own delay.</summary>
    public void Lag(long micros)
    {
        lock (_lock) _lag.Record(micros);
    }

    /// <summary>Processor time that a thread of the load has spent.</summary>
    public void Spend(double seconds)
    {
        lock (_lock) _cpuSeconds += seconds;
    }

    /// <summary>All of it so far; the second that is not over counts as far as it has come.</summary>
    public StepResult ToResult()
    {
        lock (_lock)
        {
            Tick();
            var latency = new LatencyHistogram();
            latency.Add(_latency);
            SecondSample unfinished = Sample();
            return new StepResult(Name, [.. _simulations], Versions.Names, latency, _failed, _failures.ToDictionary(), [.. _byVersion], _bytes, _lag.Quantile(0.99), [.. _seconds, .. unfinished.Ended > 0 ? [unfinished] : Array.Empty<SecondSample>()])
            {
                From = double.IsNaN(_from) ? 0 : _from,
                To = double.IsNaN(_to) ? 0 : _to,
                CpuSeconds = _cpuSeconds,
                ConnectionsOpened = _opened,
                ConnectionsDropped = _dropped,
            };
        }
    }

    private void EndsAt(double second)
    {
        if (double.IsNaN(_from)) _from = second;
        _to = second;
    }

    private void Count(int version)
    {
        if (version < 0) return;
        _byVersion[version]++;
        _byVersionOfSecond[version]++;
    }

    // Closes the seconds that are over. One in which nothing ended is a sample too: a gap in a plot would hide it.
    private double Tick()
    {
        double now = _clock.Seconds;
        for (; _second < (int)now; _second++)
        {
            _seconds.Add(Sample());
            _latencyOfSecond.Clear();
            _byVersionOfSecond = new long[Versions.Count];
            _failedOfSecond = 0;
        }

        return now;
    }

    private SecondSample Sample() =>
        new(_second, _latencyOfSecond.Count, _failedOfSecond, _latencyOfSecond.Quantile(0.5), _latencyOfSecond.Quantile(0.99), _latencyOfSecond.Max, [.. _byVersionOfSecond]);
}
