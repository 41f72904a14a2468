using System.Runtime.InteropServices;
using System.Text.Json;

namespace FastCanary.Proxy;

/// <summary>A token of a JSON text: where it lies, and where what follows its value begins.</summary>
/// <param name="Start">The offset of its first byte; of a string, behind the quote.</param>
/// <param name="Length">Its bytes; of a string, without the quotes.</param>
/// <param name="Next">The token behind the whole value that begins here.</param>
/// <param name="Kind">An object's or array's start, a member's name, or a plain value.</param>
/// <param name="IsEscaped">The string has escapes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JsonToken(int Start, int Length, int Next, JsonTokenType Kind, bool IsEscaped);
