using System.Buffers;

namespace FastCanary.Proxy;

/// <summary>The memory of everything that is mirrored, of all loops: bounded, and counted so that none is lost. Any thread.</summary>
internal sealed class MirrorMemory
{
    /// <summary>What requests and captured responses may hold together, in bytes. Beyond it requests are not mirrored, and responses are cut off.</summary>
    public const long BytesMax = 128L << 20;

    private long _held;

    /// <summary>Bytes that are held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <returns>Null where the bound is reached.</returns>
    public byte[]? TryRent(int bytes)
    {
        if (Held + bytes > BytesMax) return null;
        var array = ArrayPool<byte>.Shared.Rent(bytes);
        Interlocked.Add(ref _held, array.Length);
        return array;
    }

    public void Return(byte[] array)
    {
        Interlocked.Add(ref _held, -array.Length);
        ArrayPool<byte>.Shared.Return(array);
    }
}
