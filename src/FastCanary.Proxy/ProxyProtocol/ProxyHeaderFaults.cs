namespace FastCanary.Proxy;

/// <summary>How a fault is told to an operator.</summary>
internal static class ProxyHeaderFaults
{
    /// <summary>One short sentence without its period. It never repeats bytes of the header.</summary>
    public static string TextOf(ProxyHeaderFault fault) => fault switch
    {
        ProxyHeaderFault.NotProxy => "the connection does not begin with a PROXY header",
        ProxyHeaderFault.BadProtocol => "the PROXY header's protocol is not TCP4, TCP6 or UNKNOWN",
        ProxyHeaderFault.LineTooLong => "the PROXY header's line has no end within 107 bytes",
        ProxyHeaderFault.BadLineEnd => "the PROXY header's line does not end in CRLF",
        ProxyHeaderFault.BadAddress => "the PROXY header has a malformed address",
        ProxyHeaderFault.BadPort => "the PROXY header has a malformed port",
        ProxyHeaderFault.UnsupportedVersion => "the PROXY header's version is not 2",
        ProxyHeaderFault.UnknownCommand => "the PROXY header's command is neither LOCAL nor PROXY",
        ProxyHeaderFault.UnknownFamily => "the PROXY header's address family or transport is not defined",
        ProxyHeaderFault.HeaderTooLong => "the PROXY header is longer than 4112 bytes",
        ProxyHeaderFault.AddressesCut => "the PROXY header is shorter than its addresses",
        ProxyHeaderFault.BadVector => "the PROXY header has a malformed TLV",
        ProxyHeaderFault.BadChecksum => "the PROXY header's CRC32C does not match",
        _ => "",
    };
}
