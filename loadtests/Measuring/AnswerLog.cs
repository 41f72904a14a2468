namespace FastCanary.LoadTests.Measuring;

/// <summary>When each request was sent and answered, and by whom: for judges that need more than counts. From any thread.</summary>
/// <param name="clock">The scenario's.</param>
internal sealed class AnswerLog(Clock clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(object Load, long Number), double> _underWay = [];

    // In the order in which they ended.
    private readonly List<Answer> _answers = [];

    /// <summary>A request is about to be sent.</summary>
    /// <param name="load">Whose request: numbers are unique in a load.</param>
    /// <param name="number">Which.</param>
    public void Begin(object load, long number)
    {
        lock (_lock) _underWay[(load, number)] = clock.Seconds;
    }

    /// <summary>It has ended.</summary>
    public void End(object load, long number, int version, bool hasFailed)
    {
        lock (_lock)
        {
            double now = clock.Seconds;
            _answers.Add(new Answer(number, _underWay.Remove((load, number), out double sentAt) ? sentAt : now, now, version, hasFailed));
        }
    }

    /// <summary>Those that ended at or after a moment, in the order in which they did.</summary>
    public Answer[] Since(double seconds)
    {
        lock (_lock)
        {
            int first = _answers.Count;
            while (first > 0 && _answers[first - 1].EndedAt >= seconds) first--;
            return [.. _answers.Skip(first)];
        }
    }

    /// <summary>Lets go of those that ended before a moment.</summary>
    public void Forget(double before)
    {
        lock (_lock) _answers.RemoveAll(answer => answer.EndedAt < before);
    }

    /// <summary>Waits until every request that was sent before a moment has ended; a load's time-out bounds it.</summary>
    public async Task SettleAsync(double seconds, CancellationToken cancel)
    {
        while (IsUnderWay(seconds)) await Task.Delay(5, cancel);
    }

    private bool IsUnderWay(double sentBefore)
    {
        lock (_lock) return _underWay.Values.Any(sentAt => sentAt < sentBefore);
    }
}
