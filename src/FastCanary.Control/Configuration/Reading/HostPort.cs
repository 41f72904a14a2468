using System.Net;
using System.Net.Sockets;

namespace FastCanary.Control;

/// <summary>A host and a port, as in <c>127.0.0.1:80</c>, <c>[::1]:80</c> and <c>example.com:80</c>.</summary>
internal readonly record struct HostPort(string Host, int Port)
{
    private const int HostLengthMax = 253;
    private const int LabelLengthMax = 63;

    /// <summary>Whether the text is a host and a port from 1 to 65535; <see cref="Host"/> is without brackets.</summary>
    public static bool TryParse(string text, out HostPort hostPort)
    {
        hostPort = default;
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !TryParsePort(text.AsSpan(colon + 1), out int port))
            return false;
        string host = text[..colon];
        if (host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
            if (!IsIPv6(host))
                return false;
        }
        else if (!IsIPv4(host) && !IsName(host))
        {
            return false;
        }
        hostPort = new HostPort(host, port);
        return true;
    }

    /// <summary>Dotted decimal, four parts, without leading zeros, which some read as octal.</summary>
    public static bool IsIPv4(string host) =>
        IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == host;

    /// <summary>An IPv6 address without brackets and scope.</summary>
    public static bool IsIPv6(string host) =>
        !host.Contains('%', StringComparison.Ordinal) && !host.Contains('[', StringComparison.Ordinal)
        && IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>A host name: labels of letters, digits, hyphens and underscores. A last label of digits would be a broken IPv4 address.</summary>
    public static bool IsName(string host)
    {
        string[] labels = host.Split('.');
        if (host.Length > HostLengthMax || labels[^1].AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            return false;
        foreach (string label in labels)
        {
            if (label.Length is 0 or > LabelLengthMax || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (char character in label)
            {
                if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
                    return false;
            }
        }
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || text[0] == '0')
            return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            port = port * 10 + (digit - '0');
        }
        return port <= IPEndPoint.MaxPort;
    }
}
