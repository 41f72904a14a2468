using System.Runtime.InteropServices;

namespace FastCanary.Simulation;

/// <summary>What happened in a run: a hash of everything, bytes included, and the last events for who has to understand it.</summary>
internal sealed class Trace
{
    private const int Kept = 512;
    private const ulong Prime = 0x100000001B3;

    private readonly TraceEntry[] _last = new TraceEntry[Kept];
    private ulong _hash = 0xCBF29CE484222325;

    /// <summary>Events so far.</summary>
    public long Count { get; private set; }

    /// <summary>Two runs with the same hash were the same, byte for byte.</summary>
    public ulong Hash => _hash;

    /// <summary>Gets every event as text while it happens; null for speed.</summary>
    public Action<string>? Writer { get; set; }

    public void Add(long atUs, string what, int who, long first = 0, long second = 0)
    {
        var entry = new TraceEntry(atUs, what, who, first, second);
        _last[Count++ % Kept] = entry;
        Mix((ulong)atUs);
        Mix(((ulong)(uint)who << 32) ^ (ulong)what.Length ^ ((ulong)what[0] << 8));
        Mix((ulong)first);
        Mix((ulong)second);
        Writer?.Invoke(entry.ToString());
    }

    /// <summary>Takes bytes into the hash.</summary>
    public void Mix(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) Mix(word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) Mix(rest);
    }

    /// <summary>The last events, oldest first.</summary>
    public IEnumerable<TraceEntry> Last(int count)
    {
        for (var i = Math.Max(0, Count - Math.Min(count, Kept)); i < Count; i++) yield return _last[i % Kept];
    }

    private void Mix(ulong value)
    {
        _hash = (_hash ^ value) * Prime;
        _hash ^= _hash >> 29;
    }
}
