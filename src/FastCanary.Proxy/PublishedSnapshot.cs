using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>A snapshot with its listeners by id: what the one atomic write publishes and every request reads once.</summary>
internal sealed class PublishedSnapshot
{
    private readonly ListenerModel?[] _listeners;
    private readonly VersionModel?[] _versions;

    public PublishedSnapshot(Snapshot snapshot)
    {
        Snapshot = snapshot;
        var size = 0;
        foreach (var listener in snapshot.Listeners) size = Math.Max(size, listener.State.Id + 1);
        _listeners = new ListenerModel?[size];
        foreach (var listener in snapshot.Listeners) _listeners[listener.State.Id] = listener;
        size = 0;
        foreach (var service in snapshot.Services)
        {
            foreach (var version in service.Versions) size = Math.Max(size, version.State.Id + 1);
        }

        _versions = new VersionModel?[size];
        foreach (var service in snapshot.Services)
        {
            foreach (var version in service.Versions) _versions[version.State.Id] = version;
        }
    }

    public Snapshot Snapshot { get; }

    /// <summary>The listener's model, or null where this snapshot no longer has it.</summary>
    public ListenerModel? Find(int listenerId) => (uint)listenerId < (uint)_listeners.Length ? _listeners[listenerId] : null;

    /// <summary>The version's model, or null where this snapshot no longer has it.</summary>
    public VersionModel? FindVersion(int versionId) => (uint)versionId < (uint)_versions.Length ? _versions[versionId] : null;
}
