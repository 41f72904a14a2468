using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>What the proxy adds while it forwards a request.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly ref struct RequestForwarding
{
    /// <summary>The client's address as text, IPv4 or IPv6 without brackets; never an IPv4 address mapped into IPv6.</summary>
    public ReadOnlySpan<byte> ClientAddress { get; init; }

    /// <summary>
    /// Whether the peer is a trusted proxy. If so, the client's address is appended to its X-Forwarded-For in one combined line, and its other
    /// X-Forwarded- fields are kept. If not, they are all removed, and the three that FastCanary knows are written anew.
    /// </summary>
    public bool TrustForwarded { get; init; }

    /// <summary>What becomes of the standard Forwarded field, which <see cref="TrustForwarded"/> says nothing about.</summary>
    public ForwardedTreatment Forwarded { get; init; }

    /// <summary>The value of X-Request-ID, which replaces the client's; empty: the client's lines go on as they came.</summary>
    public ReadOnlySpan<byte> RequestId { get; init; }

    /// <summary>Whole field lines, each with its CRLF, that go behind the others as they are. Fields of these names that the client sent pass unless they were removed.</summary>
    public ReadOnlySpan<byte> OwnFields { get; init; }

    /// <summary>The endpoint's authority: the Host of an HTTP/1.0 request that has none (RFC 9112 section 3.2 wants one in every HTTP/1.1 request).</summary>
    public ReadOnlySpan<byte> FallbackHost { get; init; }
}
