namespace FastCanary.Proxy;

/// <summary>
/// Exchanges that wait until an endpoint of their version has a connection to spare: one queue a version, over all loops, in the order of arrival. Each loop has a list of its own,
/// which only it touches; what loops know of each other is how many wait, and the ticket of each list's first. Whoever gives a connection back lets the loop with the lowest one serve.
/// </summary>
/// <remarks>
/// No wake-up is lost: who enters has published its ticket before it looks for a connection a last time, and who gives one back has given it before it looks for tickets.
/// </remarks>
internal sealed class PlaceQueue
{
    private readonly List[] _lists;
    private long _lastTicket;
    private int _count;

    public PlaceQueue(Worker[] workers)
    {
        _lists = new List[workers.Length];
        for (var i = 0; i < workers.Length; i++)
        {
            var worker = workers[i];
            _lists[i] = new List { Serve = () => Serve(worker), Loop = worker.Loop };
        }
    }

    /// <summary>How many wait, over all loops.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Puts an exchange behind all others, unless too many wait already. It has no endpoint from here on.</summary>
    public bool TryEnter(Worker worker, Exchange exchange, int countMax)
    {
        if (Interlocked.Increment(ref _count) > countMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        var list = _lists[worker.Index];
        exchange.Endpoint = null;
        exchange.Ticket = Interlocked.Increment(ref _lastTicket);
        exchange.PreviousInQueue = list.Last;
        if (list.Last is { } last) last.NextInQueue = exchange;
        else list.First = exchange;
        list.Last = exchange;
        Publish(list);
        return true;
    }

    /// <summary>Takes an exchange out, served or not.</summary>
    public void Leave(Worker worker, Exchange exchange)
    {
        var list = _lists[worker.Index];
        if (exchange.PreviousInQueue is { } previous) previous.NextInQueue = exchange.NextInQueue;
        else list.First = exchange.NextInQueue;
        if (exchange.NextInQueue is { } next) next.PreviousInQueue = exchange.PreviousInQueue;
        else list.Last = exchange.PreviousInQueue;
        exchange.NextInQueue = exchange.PreviousInQueue = null;
        exchange.Ticket = 0;
        Interlocked.Decrement(ref _count);
        Publish(list);
    }

    /// <summary>A connection was given back, or there are more than before: whoever waits longest is served.</summary>
    public void OnFreed(Worker worker)
    {
        if (Count == 0 || Longest() is not { } list) return;
        if (list == _lists[worker.Index]) Serve(worker);
        else list.Loop.Post(list.Serve);
    }

    /// <summary>
    /// Gives connections to the loop's own exchanges as long as there are both, by the bounds that hold now. Where none of the endpoints is available any more, and the baseline has one, they leave without.
    /// </summary>
    public void Serve(Worker worker)
    {
        var list = _lists[worker.Index];
        while (list.First is { } exchange)
        {
            exchange.Version = worker.Snapshot.FindVersion(exchange.Version!.State.Id) ?? exchange.Version;
            if (!exchange.TryTakeConnection(worker.Loop.NowMs) && !exchange.IsToBeDiverted(worker.Loop.NowMs)) return;
            Leave(worker, exchange);
            exchange.Wait!.Signal();
        }

        // There may be more to give.
        if (Count > 0 && Longest() is { } other && other != list) other.Loop.Post(other.Serve);
    }

    private List? Longest()
    {
        List? longest = null;
        var lowest = long.MaxValue;
        foreach (var list in _lists)
        {
            var ticket = Volatile.Read(ref list.FirstTicket);
            if (ticket >= lowest) continue;
            lowest = ticket;
            longest = list;
        }

        return longest;
    }

    // A full fence: what this loop does next must not be seen before it.
    private static void Publish(List list) => Interlocked.Exchange(ref list.FirstTicket, list.First?.Ticket ?? long.MaxValue);

    /// <summary>One loop's exchanges, by <see cref="Exchange.NextInQueue"/>.</summary>
    private sealed class List
    {
        public required Action Serve { get; init; }

        public required Transport.EventLoop Loop { get; init; }

        public Exchange? First { get; set; }

        public Exchange? Last { get; set; }

        public long FirstTicket = long.MaxValue;
    }
}
