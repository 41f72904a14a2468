using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>Where one field line stands in the head. Lines follow each other without a gap: a line ends where the next one starts.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct FieldLine
{
    internal int Start;
    internal int NameLength;
    internal int ValueStart;
    internal int ValueLength;
    internal FieldName Name;

    internal readonly ByteRange Value => new(ValueStart, ValueLength);
}
