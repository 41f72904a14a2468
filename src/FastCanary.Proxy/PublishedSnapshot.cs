using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>A snapshot with its listeners by id: what the one atomic write publishes and every request reads once.</summary>
internal sealed class PublishedSnapshot
{
    private readonly ListenerModel?[] _listeners;

    public PublishedSnapshot(Snapshot snapshot)
    {
        Snapshot = snapshot;
        var size = 0;
        foreach (var listener in snapshot.Listeners) size = Math.Max(size, listener.State.Id + 1);
        _listeners = new ListenerModel?[size];
        foreach (var listener in snapshot.Listeners) _listeners[listener.State.Id] = listener;
    }

    public Snapshot Snapshot { get; }

    /// <summary>The listener's model, or null where this snapshot no longer has it.</summary>
    public ListenerModel? Find(int listenerId) => (uint)listenerId < (uint)_listeners.Length ? _listeners[listenerId] : null;
}
