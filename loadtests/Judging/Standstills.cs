namespace FastCanary.LoadTests.Judging;

/// <summary>
/// When this program, and with it all endpoints that are its own, stood still: the machine had gone to sleep, or had no time for it. What happens then is not the target's doing. From any thread.
/// </summary>
internal sealed class Standstills
{
    private readonly Lock _lock = new();
    private readonly List<(double From, double To)> _all = [];

    /// <summary>Takes one up.</summary>
    /// <param name="from">Seconds.</param>
    /// <param name="to">Seconds.</param>
    public void Add(double from, double to)
    {
        lock (_lock) _all.Add((from, to));
    }

    /// <summary>Whether a stretch of time meets one.</summary>
    /// <param name="from">Seconds.</param>
    /// <param name="to">Seconds.</param>
    /// <param name="aftermath">How many seconds each goes on to have consequences.</param>
    public bool Meet(double from, double to, double aftermath = 0)
    {
        lock (_lock) return _all.Exists(one => one.From <= to && one.To + aftermath >= from);
    }

    /// <summary>How much of a stretch of time they are, in seconds.</summary>
    /// <param name="from">Seconds.</param>
    /// <param name="to">Seconds.</param>
    /// <param name="aftermath">How many seconds each goes on to have consequences, which count.</param>
    public double Within(double from, double to, double aftermath = 0)
    {
        double seconds = 0;
        double counted = from;
        lock (_lock)
        {
            foreach ((double begin, double end) in _all.OrderBy(one => one.From))
            {
                seconds += Math.Max(0, Math.Min(to, end + aftermath) - Math.Max(counted, begin));
                counted = Math.Max(counted, end + aftermath);
            }
        }

        return seconds;
    }
}
