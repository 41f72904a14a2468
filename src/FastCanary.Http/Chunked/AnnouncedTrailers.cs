using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>
/// The names in a request's Trailer field (RFC 9110 section 6.6.2), as hashes: they outlive the head's bytes, which are gone when the trailers come.
/// Who makes two names collide gets a harmless trailer forwarded that was not announced, and nothing else. A fifth name is as if not announced.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AnnouncedTrailers
{
    private readonly uint _first;
    private readonly uint _second;
    private readonly uint _third;
    private readonly uint _fourth;

    private AnnouncedTrailers(uint first, uint second, uint third, uint fourth)
    {
        _first = first;
        _second = second;
        _third = third;
        _fourth = fourth;
    }

    /// <summary>Whether nothing is announced.</summary>
    public bool IsEmpty => _first == 0;

    /// <summary>These names and those in a Trailer value.</summary>
    internal AnnouncedTrailers With(ReadOnlySpan<byte> value)
    {
        AnnouncedTrailers all = this;
        var elements = new ListElements(value);
        while (all._fourth == 0 && elements.MoveNext())
        {
            if (ByteSets.IsToken(elements.Current)) all = new AnnouncedTrailers(Hash(elements.Current), all._first, all._second, all._third);
        }

        return all;
    }

    internal bool Contains(ReadOnlySpan<byte> name)
    {
        uint hash = Hash(name);
        return hash == _first || hash == _second || hash == _third || hash == _fourth;
    }

    /// <summary>FNV-1a over the lower-case name; never 0, which marks a free place.</summary>
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte value in name)
        {
            byte lower = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
            hash = (hash ^ lower) * 16777619;
        }

        return hash == 0 ? 1 : hash;
    }
}
