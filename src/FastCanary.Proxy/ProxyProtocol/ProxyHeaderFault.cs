namespace FastCanary.Proxy;

/// <summary>Why a PROXY header is refused. The connection it came on is closed without an answer: what speaks there is not known.</summary>
internal enum ProxyHeaderFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The bytes begin neither version of the protocol.</summary>
    NotProxy,

    /// <summary>Version 1: what follows PROXY is not TCP4, TCP6 or UNKNOWN and one space.</summary>
    BadProtocol,

    /// <summary>Version 1: no CRLF within <see cref="ProxyHeader.TextBytesMax"/>.</summary>
    LineTooLong,

    /// <summary>Version 1: a CR or an LF alone.</summary>
    BadLineEnd,

    /// <summary>Version 1: an address that is not one of the announced family, or not between single spaces.</summary>
    BadAddress,

    /// <summary>Version 1: a port that is not 0 to 65535 without leading zeros.</summary>
    BadPort,

    /// <summary>Version 2: another version behind the signature.</summary>
    UnsupportedVersion,

    /// <summary>Version 2: neither LOCAL nor PROXY.</summary>
    UnknownCommand,

    /// <summary>Version 2: an address family or a transport that the protocol does not define.</summary>
    UnknownFamily,

    /// <summary>Version 2: more than <see cref="ProxyHeader.BlockBytesMax"/> behind the fixed part (a bound of FastCanary's own).</summary>
    HeaderTooLong,

    /// <summary>Version 2: shorter than the addresses of its family.</summary>
    AddressesCut,

    /// <summary>Version 2: a TLV that ends behind the header, a CRC32C that is not four bytes, or a second one.</summary>
    BadVector,

    /// <summary>Version 2: the CRC32C is another than the header's.</summary>
    BadChecksum,
}
