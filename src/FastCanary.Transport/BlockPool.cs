using System.Diagnostics;

namespace FastCanary.Transport;

/// <summary>
/// The blocks of one loop, in a few sizes. Last in, first out, so that a few hot blocks serve most of the traffic from cache.
/// Bounded in bytes: when it is dry, readers are parked until a block comes back. Used on the loop's thread only.
/// </summary>
internal sealed class BlockPool(long bytesMax)
{
    /// <summary>Block sizes in bytes. The smallest holds an ordinary head or message; the largest a head of 256 KiB with what a proxy adds to it.</summary>
    public static readonly int[] Sizes = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 512 << 10];

    /// <summary>The size for bulk bodies: larger ones save few calls and leave the cache.</summary>
    public const int BulkSizeClass = 2;

    private readonly Block?[] _free = new Block?[Sizes.Length];

    /// <summary>Bytes of all blocks ever made, rented or free.</summary>
    public long BytesAllocated { get; private set; }

    /// <summary>Blocks that are rented now: 0 when every connection is closed.</summary>
    public int Rented { get; private set; }

    /// <summary>Times that a reader found the pool dry.</summary>
    public long DryCount { get; private set; }

    /// <summary>The smallest size class that holds <paramref name="bytes"/>, or -1 where none does.</summary>
    public static int ClassFor(int bytes)
    {
        for (var i = 0; i < Sizes.Length; i++)
            if (bytes <= Sizes[i]) return i;
        return -1;
    }

    /// <summary>A block, or null where the pool's bound is reached. There a free one of another size serves: else those would lie idle for ever.</summary>
    public Block? TryRent(int sizeClass)
    {
        if (_free[sizeClass] is not null || BytesAllocated + Sizes[sizeClass] <= bytesMax) return Rent(sizeClass);
        for (var other = sizeClass + 1; other < Sizes.Length; other++)
            if (_free[other] is not null) return Rent(other);
        for (var other = sizeClass - 1; other >= 0; other--)
            if (_free[other] is not null) return Rent(other);
        DryCount++;
        return null;
    }

    /// <summary>A block, beyond the bound if it must be: for output, of which an exchange never holds more than one block per connection that already reads.</summary>
    public Block Rent(int sizeClass)
    {
        var block = _free[sizeClass];
        if (block is null)
        {
            block = new Block(sizeClass, Sizes[sizeClass]);
            BytesAllocated += block.Size;
        }
        else
        {
            _free[sizeClass] = block.NextFree;
            block.NextFree = null;
        }

        Debug.Assert(!block.IsRented, "a block is rented to one owner");
        block.IsRented = true;
        Rented++;
        return block;
    }

    public void Return(Block block)
    {
        // Always checked: a block returned twice would hand one client's bytes to another.
        if (!block.IsRented) throw new InvalidOperationException("block returned twice");
        block.IsRented = false;
        block.NextFree = _free[block.SizeClass];
        _free[block.SizeClass] = block;
        Rented--;
    }
}
