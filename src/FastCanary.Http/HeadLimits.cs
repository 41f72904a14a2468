using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>The bounds of one message head.</summary>
/// <param name="LineBytesMax">Bytes of the start line, its CRLF included. A request beyond it is a 414.</param>
/// <param name="HeadBytesMax">Bytes of the whole head, from the buffer's first byte to the final CRLF. A request beyond it is a 431.</param>
/// <param name="FieldsMax">Field lines. A request beyond it is a 431.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HeadLimits(int LineBytesMax, int HeadBytesMax, int FieldsMax);
