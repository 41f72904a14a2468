namespace FastCanary.Control;

/// <summary>Where in a configuration something stands.</summary>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
/// <param name="Column">From 1, in UTF-16 units; 0 where the whole file is meant.</param>
/// <param name="Path">The key's path, as in <c>listeners[0].address</c>; empty at the top.</param>
public readonly record struct ConfigPosition(int Line, int Column, string Path)
{
    /// <summary>Whether what stands there is a secret, which no error and no log may show: a token, or a webhook's URL.</summary>
    internal bool IsSecret =>
        Path is not null && (Path.StartsWith("admin.tokens", StringComparison.Ordinal)
            || Path.Contains(".rollout.notify[", StringComparison.Ordinal) && Path.EndsWith(".webhook", StringComparison.Ordinal));
}
