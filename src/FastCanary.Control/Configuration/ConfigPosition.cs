namespace FastCanary.Control;

/// <summary>Where in a configuration something stands.</summary>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
/// <param name="Column">From 1, in UTF-16 units; 0 where the whole file is meant.</param>
/// <param name="Path">The key's path, as in <c>listeners[0].address</c>; empty at the top.</param>
public readonly record struct ConfigPosition(int Line, int Column, string Path);
