using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>What became of a version's requests in the last minute: six slots of ten seconds, the present one included. One thread at a time.</summary>
internal sealed class TrafficWindow
{
    private const int Slots = 6;
    private const int SlotSeconds = 10;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly long[] _latencySeen = new long[LatencyScale.Count];
    private readonly long[] _latency = new long[LatencyScale.Count];
    private DateTimeOffset _began;
    private long _requestsSeen;
    private long _failuresSeen;
    private int _current;
    private DateTimeOffset _currentSince;
    private DateTimeOffset _now;

    /// <summary>Begins with what was counted before, which is not of the last minute.</summary>
    public TrafficWindow(VersionTotals totals, DateTimeOffset now)
    {
        for (int i = 0; i < Slots; i++)
            _slots[i] = new Slot();
        _began = _currentSince = _now = now;
        Remember(totals);
    }

    /// <summary>Requests.</summary>
    public long Requests { get; private set; }

    /// <summary>Those of them that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>How long the window is: less than a minute at the beginning.</summary>
    public double Seconds => Math.Max(1, Math.Min((_now - _began).TotalSeconds, ((Slots - 1) * SlotSeconds) + (_now - _currentSince).TotalSeconds));

    /// <summary>Requests whose latency is known.</summary>
    public long Timed { get; private set; }

    /// <summary>Takes what was counted since the last time.</summary>
    public void Add(VersionTotals totals, DateTimeOffset now)
    {
        // A clock that was set back: as if no time had passed.
        if (now < _now)
            (_began, _currentSince) = (_began - (_now - now), _currentSince - (_now - now));
        _now = now;
        // Nor is one that leaps ahead a reason to go round for ever.
        for (int turned = 0; turned < Slots && now - _currentSince >= TimeSpan.FromSeconds(SlotSeconds); turned++)
            Turn();
        if (now - _currentSince >= TimeSpan.FromSeconds(SlotSeconds))
            _currentSince = now;
        Slot slot = _slots[_current];
        long requests = totals.Requests - _requestsSeen;
        long failures = totals.Failures - _failuresSeen;
        slot.Requests += requests;
        slot.Failures += failures;
        Requests += requests;
        Failures += failures;
        if (requests > 0)
        {
            for (int i = 0; i < _latencySeen.Length; i++)
            {
                long added = totals.Latency[i] - _latencySeen[i];
                if (added == 0)
                    continue;
                slot.Latency[i] += (uint)added;
                _latency[i] += added;
                Timed += added;
            }
        }

        // A latency that was read before its request is taken with it.
        if (requests > 0)
            Remember(totals);
        _failuresSeen = totals.Failures;
    }

    /// <summary>The latency that a fraction of the requests does not exceed, in microseconds, to 0.8 %; null without requests.</summary>
    public long? Quantile(double fraction)
    {
        if (Timed == 0)
            return null;
        long rank = Math.Clamp((long)Math.Ceiling(Timed * fraction), 1, Timed);
        long passed = 0;
        for (int i = 0; i < _latency.Length; i++)
        {
            passed += _latency[i];
            if (passed >= rank)
                return LatencyScale.Value(i);
        }

        return LatencyScale.MicrosMax;
    }

    /// <summary><see cref="Quantile"/> in seconds, for people.</summary>
    public double? QuantileSeconds(double fraction) => Quantile(fraction) / 1e6;

    private void Turn()
    {
        _current = (_current + 1) % Slots;
        _currentSince += TimeSpan.FromSeconds(SlotSeconds);
        Slot oldest = _slots[_current];
        Requests -= oldest.Requests;
        Failures -= oldest.Failures;
        if (oldest.Requests > 0)
        {
            for (int i = 0; i < _latency.Length; i++)
            {
                _latency[i] -= oldest.Latency[i];
                Timed -= oldest.Latency[i];
            }
        }

        oldest.Clear();
    }

    private void Remember(VersionTotals totals)
    {
        (_requestsSeen, _failuresSeen) = (totals.Requests, totals.Failures);
        totals.Latency.CopyTo(_latencySeen, 0);
    }

    /// <summary>Ten seconds.</summary>
    private sealed class Slot
    {
        public long Requests { get; set; }

        public long Failures { get; set; }

        public uint[] Latency { get; } = new uint[LatencyScale.Count];

        public void Clear()
        {
            Requests = Failures = 0;
            Array.Clear(Latency);
        }
    }
}
