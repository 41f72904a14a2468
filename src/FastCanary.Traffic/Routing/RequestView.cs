using System.Runtime.InteropServices;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>What rules, affinity and features look at: a request where it lies, and who sent it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly ref struct RequestView
{
    /// <summary>The request's head, parsed to its end.</summary>
    public required RequestHead Head { get; init; }

    /// <summary>The bytes that it was parsed from.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>The client's address, 4 or 16 bytes in network order; what a trusted proxy says, where there is one.</summary>
    public required ReadOnlySpan<byte> ClientAddress { get; init; }

    /// <summary>Where addresses are looked up; null where none is configured.</summary>
    public required CountryDatabase? Countries { get; init; }
}
