namespace FastCanary.LoadTests.Stage;

/// <summary>Asks FastCanary's memory again and again, from its making to its end.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly AdminClient _admin;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private long _peak;
    private int _samples;

    private MemoryWatch(AdminClient admin, ProcessUse begin)
    {
        (_admin, Begin, _peak) = (admin, begin, begin.ResidentBytes);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>What there was at the begin.</summary>
    public ProcessUse Begin { get; }

    /// <summary>The most resident memory that was seen, in bytes.</summary>
    public long PeakBytes => Volatile.Read(ref _peak);

    /// <summary>How often it was asked.</summary>
    public int Samples => Volatile.Read(ref _samples);

    public static async Task<MemoryWatch> StartAsync(AdminClient admin) => new(admin, await admin.ProcessUseAsync());

    /// <summary>Ends it.</summary>
    /// <exception cref="HttpRequestException">The admin API did not answer at some time.</exception>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // What went wrong is told by StopAsync; here another failure is on its way already.
        await _watching.ContinueWith(static _ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _peak = Math.Max(_peak, (await _admin.ProcessUseAsync()).ResidentBytes);
            _samples++;
            await Task.Delay(Interval, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }
}
