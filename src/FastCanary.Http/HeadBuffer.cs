using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>A head under construction in a destination of the caller's. A destination too small is the caller's bug, and throws.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct HeadBuffer(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    internal int Length { get; private set; }

    internal void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    internal void Append(byte value) => _destination[Length++] = value;

    internal void AppendDecimal(int value)
    {
        if (!Utf8Formatter.TryFormat(value, _destination[Length..], out int written)) throw new InvalidOperationException("The destination is too small.");
        Length += written;
    }
}
