using System.Text;

namespace FastCanary.Http;

/// <summary>Judges an Upgrade value (RFC 9110 section 7.8).</summary>
internal static class UpgradeProtocols
{
    /// <summary>
    /// Whether the protocols may be asked for or switched to through this proxy: a well-formed list without HTTP/2 in it.
    /// A tunnel of HTTP/2 past the proxy would carry requests that no rule, limit or log sees.
    /// </summary>
    internal static bool ArePassable(ReadOnlySpan<byte> value)
    {
        var elements = new ListElements(value);
        bool any = false;
        while (elements.MoveNext())
        {
            ReadOnlySpan<byte> protocol = elements.Current;
            if (protocol.IsEmpty) continue;
            int slash = protocol.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? protocol : protocol[..slash];
            if (!ByteSets.IsToken(name) || (slash >= 0 && !ByteSets.IsToken(protocol[(slash + 1)..]))) return false;
            if (Ascii.EqualsIgnoreCase(name, "h2c"u8) || Ascii.EqualsIgnoreCase(name, "h2"u8) || Ascii.EqualsIgnoreCase(name, "http"u8)) return false;
            any = true;
        }

        return any;
    }
}
