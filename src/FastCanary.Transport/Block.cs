using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastCanary.Transport;

/// <summary>A pinned piece of memory that belongs to one <see cref="BlockPool"/>. Whoever rented it owns it alone until it is returned.</summary>
internal sealed class Block
{
    public Block(int sizeClass, int size)
    {
        SizeClass = sizeClass;
        // Pinned once and for all: the kernel writes into it without a pin per call, and the collector never moves it.
        Bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    public byte[] Bytes { get; }

    public int SizeClass { get; }

    public int Size => Bytes.Length;

    /// <summary>The next free block of the pool; null while rented.</summary>
    public Block? NextFree { get; set; }

    public bool IsRented { get; set; }

    public ReadOnlySpan<byte> Span(int start, int length) => MemoryMarshal.CreateReadOnlySpan(ref At(start), length);

    public ref byte At(int offset) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Bytes), offset);
}
