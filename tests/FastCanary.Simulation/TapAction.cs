namespace FastCanary.Simulation;

/// <summary>Sees bytes on their way.</summary>
internal delegate void TapAction(ReadOnlySpan<byte> bytes);
