namespace FastCanary.Simulation;

/// <summary>A timer of a <see cref="NetworkClock"/>.</summary>
internal sealed class NetworkTimer(SimulatedNetwork network, Action fire) : ITimer
{
    private TimeSpan _period;
    // What was asked for last: an event of an earlier request does nothing.
    private int _version;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        Arm(dueTime, ++_version);
        return true;
    }

    public void Dispose() => _version++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Arm(TimeSpan due, int version)
    {
        if (due == Timeout.InfiniteTimeSpan) return;
        network.After((long)due.TotalMicroseconds, () =>
        {
            if (version != _version) return;
            if (_period > TimeSpan.Zero) Arm(_period, version);
            fire();
        });
    }
}
