namespace FastCanary.Transport;

/// <summary>How a receive ended; what arrived is <see cref="ConnectionReader.Buffered"/>.</summary>
/// <param name="IsCanceled">A deadline passed, or somebody cancelled it: the connection's properties tell.</param>
/// <param name="IsCompleted">Nothing more will come.</param>
public readonly record struct Received(bool IsCanceled, bool IsCompleted);
