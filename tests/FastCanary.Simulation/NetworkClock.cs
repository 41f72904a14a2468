namespace FastCanary.Simulation;

/// <summary>A network's virtual time for whoever asks a <see cref="TimeProvider"/>: timers fire between two passes, on the network's one thread.</summary>
internal sealed class NetworkClock(SimulatedNetwork network) : TimeProvider
{
    public override long TimestampFrequency => 1_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(network.UnixMs);

    public override long GetTimestamp() => network.NowUs;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NetworkTimer(network, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }
}
