using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Asks sources for their figures, each at its own interval, and keeps what each said last. A source that stays configured keeps what is known of it. For any thread.
/// </summary>
/// <remarks>
/// A task per source; a bounded number of them ask at a time. A source has 10 s, or its interval if that is shorter. The log is told when a source begins to have a
/// problem, and when it has none any more.
/// </remarks>
internal sealed class SourcePoller : IDisposable
{
    /// <summary>How many intervals a reading is good for.</summary>
    public const int IntervalsMax = 3;

    private const int ConcurrentMax = 16;

    private static readonly TimeSpan TimeoutMax = TimeSpan.FromSeconds(10);

    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _places = new(ConcurrentMax);
    private readonly Dictionary<string, SourcePoll> _polls = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <param name="log">Told of problems.</param>
    /// <param name="clock">Says when sources are due, and when a reading is too old.</param>
    public SourcePoller(ILogger log, TimeProvider clock)
    {
        _log = log;
        _clock = clock;
    }

    /// <summary>How often a source is asked unless said otherwise.</summary>
    public static TimeSpan DefaultInterval { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Polls these sources from now on, and no others. Those that are new are spread evenly over their interval.</summary>
    /// <param name="sources">A source whose key and interval are those of one that is polled leaves that one in place. Of two with the same key the first counts.</param>
    public void Apply(IReadOnlyList<PolledSource> sources)
    {
        lock (_gate)
        {
            if (_disposed) return;
            Dictionary<string, PolledSource> wanted = sources.DistinctBy(static polled => polled.Source.Key, StringComparer.Ordinal).ToDictionary(static polled => polled.Source.Key, StringComparer.Ordinal);
            foreach (SourcePoll poll in _polls.Values.Where(poll => !wanted.TryGetValue(poll.Source.Key, out PolledSource? polled) || polled.Interval != poll.Interval).ToList())
            {
                poll.Loop.Cancel();
                _polls.Remove(poll.Source.Key);
            }

            List<PolledSource> fresh = [.. wanted.Values.Where(polled => !_polls.ContainsKey(polled.Source.Key))];
            for (int i = 0; i < fresh.Count; i++) Begin(fresh[i], fresh[i].Interval * i / fresh.Count);
        }
    }

    /// <summary>The last readings of a source, as many as it has figures. One that is older than three intervals is a problem, and no value.</summary>
    /// <param name="key">The source's key.</param>
    /// <returns>Empty where there is no such source.</returns>
    public Reading[] Latest(string key)
    {
        lock (_gate)
        {
            if (!_polls.TryGetValue(key, out SourcePoll? poll)) return [];
            TimeSpan age = _clock.GetElapsedTime(poll.At);
            return age <= poll.Interval * IntervalsMax
                ? [.. poll.Readings]
                : [.. poll.Readings.Select(reading => Reading.Lacking(string.Create(CultureInfo.InvariantCulture, $"stale: nothing came for {age.TotalSeconds:0} s"), reading.At))];
        }
    }

    /// <summary>Ends all polling.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (SourcePoll poll in _polls.Values) poll.Loop.Cancel();
            _polls.Clear();
        }
    }

    private void Begin(PolledSource polled, TimeSpan after)
    {
        Reading[] none = new Reading[polled.Source.Count];
        none.AsSpan().Fill(Reading.Nothing(_clock.GetUtcNow()));
        var poll = new SourcePoll(polled, none, _clock.GetTimestamp());
        _polls.Add(polled.Source.Key, poll);
        _ = Task.Run(() => RunAsync(poll, after));
    }

    private async Task RunAsync(SourcePoll poll, TimeSpan wait)
    {
        CancellationToken stop = poll.Loop.Token;
        TimeSpan timeout = poll.Interval < TimeoutMax ? poll.Interval : TimeoutMax;
        try
        {
            while (true)
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, _clock, stop);
                long began = _clock.GetTimestamp();
                await _places.WaitAsync(stop);
                Reading[] readings;
                try
                {
                    readings = await poll.Source.ReadAsync(timeout, stop);
                }
                finally
                {
                    _places.Release();
                }

                Settle(poll, readings);
                wait = poll.Interval - _clock.GetElapsedTime(began);
            }
        }
        catch (OperationCanceledException)
        {
            // It is not to be polled any more.
        }
    }

    private void Settle(SourcePoll poll, Reading[] readings)
    {
        lock (_gate)
        {
            if (poll.Loop.IsCancellationRequested) return;
            (poll.Readings, poll.At) = (readings, _clock.GetTimestamp());
            string before = poll.Problem;
            poll.Problem = string.Join("; ", readings.Select(static reading => reading.Problem).Where(static problem => problem.Length > 0).Distinct(StringComparer.Ordinal));
            if (before.Length == 0 && poll.Problem.Length > 0) OutboundLog.SourceProblem(_log, poll.Source.Name, poll.Problem);
            else if (before.Length > 0 && poll.Problem.Length == 0) OutboundLog.SourceRecovered(_log, poll.Source.Name);
        }
    }
}
