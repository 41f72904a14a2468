namespace FastCanary.LoadTests.Engine;

/// <summary>Gets the content of a message piece by piece.</summary>
internal delegate void ContentHandler(ReadOnlySpan<byte> content);
