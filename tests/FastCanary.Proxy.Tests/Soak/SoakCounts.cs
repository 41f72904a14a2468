using System.Collections.Concurrent;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>What happened, and what should not have: counted by all threads.</summary>
internal sealed class SoakCounts
{
    // The first fault is what matters; those that follow from it only have to not fill the memory.
    private const int FaultsMax = 8;

    private readonly long[] _actions = new long[Enum.GetValues<SoakAction>().Length];
    private readonly long[] _behaviours = new long[Enum.GetValues<OriginBehaviour>().Length];
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, long> _notes = new();
    private long _requests;
    private long _bytes;

    public IReadOnlyCollection<string> Faults => _faults;

    public bool HasFault => !_faults.IsEmpty;

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Bytes of bodies, both ways, that were received and checked.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Fault(string what)
    {
        if (_faults.Count < FaultsMax) _faults.Enqueue(what);
    }

    public void Count(SoakAction action) => Interlocked.Increment(ref _actions[(int)action]);

    public void Count(OriginBehaviour behaviour) => Interlocked.Increment(ref _behaviours[(int)behaviour]);

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void CountBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Counts an alternative that was allowed, or whatever else is worth a number; a few names, known beforehand.</summary>
    public void Note(string what) => _notes.AddOrUpdate(what, 1, static (_, count) => count + 1);

    public long Noted(string what) => _notes.GetValueOrDefault(what);

    /// <summary>Actions and behaviours that did not occur.</summary>
    public IEnumerable<string> Missing() =>
        Enum.GetValues<SoakAction>().Where(action => _actions[(int)action] == 0).Select(static action => action.ToString())
            .Concat(Enum.GetValues<OriginBehaviour>().Where(behaviour => _behaviours[(int)behaviour] == 0).Select(static behaviour => behaviour.ToString()));

    public string Report() => string.Join('\n', [
        "requests: " + Requests + ", body bytes checked: " + Bytes,
        "actions: " + string.Join(", ", Enum.GetValues<SoakAction>().Select(action => $"{action} {_actions[(int)action]}")),
        "origins: " + string.Join(", ", Enum.GetValues<OriginBehaviour>().Select(behaviour => $"{behaviour} {_behaviours[(int)behaviour]}")),
        "notes: " + string.Join(", ", _notes.OrderBy(static note => note.Key, StringComparer.Ordinal).Select(static note => $"{note.Key} {note.Value}")),
    ]);
}
