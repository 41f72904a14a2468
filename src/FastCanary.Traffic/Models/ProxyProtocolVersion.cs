namespace FastCanary.Traffic;

/// <summary>How a connection to an endpoint begins (haproxy.org, The PROXY protocol, versions 1 and 2).</summary>
public enum ProxyProtocolVersion : byte
{
    /// <summary>With the client's bytes.</summary>
    None,

    /// <summary>With a line of text.</summary>
    V1,

    /// <summary>With a binary header.</summary>
    V2,
}
