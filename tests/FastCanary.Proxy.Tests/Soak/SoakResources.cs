using System.Globalization;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>What this process holds of the system and of its own heap.</summary>
/// <param name="Sockets">Descriptors of sockets.</param>
/// <param name="Pipes">Descriptors of pipes' ends.</param>
/// <param name="Others">All others: files, epoll instances, eventfds.</param>
/// <param name="ManagedBytes">What is reachable.</param>
internal sealed record SoakResources(int Sockets, int Pipes, int Others, long ManagedBytes)
{
    public static SoakResources Now()
    {
        // Twice, because what has a finalizer goes with the second.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        var heap = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        var managed = heap.HeapSizeBytes - heap.FragmentedBytes;
        var (sockets, pipes, others) = Descriptors();
        return new SoakResources(sockets, pipes, others, managed);
    }

    public static (int Sockets, int Pipes, int Others) Descriptors()
    {
        var (sockets, pipes, others) = (0, 0, 0);
        foreach (var entry in new DirectoryInfo("/proc/self/fd").GetFiles())
        {
            var target = entry.LinkTarget;
            // The directory's own, which is gone again.
            if (target is null) continue;
            if (target.StartsWith("socket:", StringComparison.Ordinal)) sockets++;
            else if (target.StartsWith("pipe:", StringComparison.Ordinal)) pipes++;
            else others++;
        }

        return (sockets, pipes, others);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Sockets} sockets, {Pipes} ends of pipes, {Others} other descriptors, {ManagedBytes / 1024} KiB managed");
}
