using System.Text;

namespace FastCanary.Traffic;

/// <summary>What a route or a rule says of the host: <see cref="Route.Host"/>.</summary>
internal readonly struct HostPattern
{
    // Empty: any host. With its leading dot: every name below the domain.
    private readonly byte[] _host;

    public HostPattern(string? host) =>
        _host = Encoding.UTF8.GetBytes(host is not null && host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host ?? "");

    /// <summary>Whether it takes every host.</summary>
    public bool IsAny => _host.Length == 0;

    /// <summary>An authority without its port and one final dot.</summary>
    public static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> authority)
    {
        // An IPv6 literal has colons of its own, inside brackets.
        int from = authority.Length > 0 && authority[0] == (byte)'[' ? authority.IndexOf((byte)']') + 1 : 0;
        int colon = authority[from..].IndexOf((byte)':');
        ReadOnlySpan<byte> host = colon < 0 ? authority : authority[..(from + colon)];
        return host.Length > 1 && host[^1] == (byte)'.' ? host[..^1] : host;
    }

    /// <summary>Whether it takes this host, in any case.</summary>
    /// <param name="host">What <see cref="HostOf"/> gives.</param>
    public bool Matches(ReadOnlySpan<byte> host)
    {
        if (_host.Length == 0)
            return true;
        if (_host[0] != (byte)'.')
            return Ascii.EqualsIgnoreCase(host, _host);
        return host.Length > _host.Length && Ascii.EqualsIgnoreCase(host[^_host.Length..], _host);
    }
}
