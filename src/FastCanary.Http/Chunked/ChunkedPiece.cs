using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>The next bytes of a chunked body that belong together.</summary>
/// <param name="Bytes">How many; 0 when the next ones cannot be judged yet, or are refused.</param>
/// <param name="Forwards">Whether they go on.</param>
/// <param name="Next">The state behind them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChunkedPiece(int Bytes, bool Forwards, ChunkedState Next);
