using System.Runtime.InteropServices;

namespace FastCanary.Proxy;

/// <summary>A step on the way to the values that are being compared.</summary>
/// <param name="Text">Where a member's name is; null for an element.</param>
/// <param name="Index">The token of the name, or the element's place.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JsonStep(JsonText? Text, int Index);
