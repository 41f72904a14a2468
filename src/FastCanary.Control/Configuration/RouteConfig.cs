namespace FastCanary.Control;

/// <summary>An item of <c>listeners[].routes</c>.</summary>
public sealed class RouteConfig
{
    /// <summary>A host name, <c>*.</c> and a domain, or null for any.</summary>
    public string? Host { get; internal set; }

    /// <summary>A path prefix on a segment boundary, or null for any.</summary>
    public string? Path { get; internal set; }

    /// <summary>The service that takes what matches.</summary>
    public string Service { get; internal set; } = "";

    internal ConfigPosition Position { get; set; }

    internal ConfigPosition ServicePosition { get; set; }

    /// <summary>Whether every request that the other matches is matched by this one too.</summary>
    internal bool Covers(RouteConfig other) => CoversHost(Host, other.Host) && CoversPath(Path, other.Path);

    /// <summary>Whether every host that the second takes is taken by the first too.</summary>
    internal static bool CoversHost(string? host, string? other)
    {
        if (host is null)
            return true;
        if (other is null)
            return false;
        if (host.Equals(other, StringComparison.OrdinalIgnoreCase))
            return true;
        return host.StartsWith("*.", StringComparison.Ordinal)
            && other.AsSpan(other.StartsWith('*') ? 1 : 0).EndsWith(host.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether every path that the second takes is taken by the first too.</summary>
    internal static bool CoversPath(string? path, string? other)
    {
        string mine = path?.TrimEnd('/') ?? "";
        string theirs = other?.TrimEnd('/') ?? "";
        return theirs.StartsWith(mine, StringComparison.Ordinal)
            && (mine.Length == 0 || theirs.Length == mine.Length || theirs[mine.Length] == '/');
    }
}
