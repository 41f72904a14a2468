using System.Text;

namespace FastCanary.Traffic;

/// <summary>What a route or a rule says of the path: <see cref="Route.Path"/>.</summary>
internal readonly struct PathPrefix(string? path)
{
    // Without a final slash; empty: any path.
    private readonly byte[] _path = Encoding.UTF8.GetBytes((path ?? "").TrimEnd('/'));

    /// <summary>Whether it takes every path.</summary>
    public bool IsAny => _path.Length == 0;

    /// <summary>Whether the path begins with it and the prefix ends on a segment boundary; a query behind the path does not matter.</summary>
    public bool Matches(ReadOnlySpan<byte> path) =>
        path.StartsWith(_path)
        && (_path.Length == 0 || path.Length == _path.Length || path[_path.Length] is (byte)'/' or (byte)'?');
}
