using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>How a response goes on to the client.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly ref struct ResponseForwarding
{
    /// <summary>The client's minor version: 0 wants its keep-alive said aloud (RFC 9112 appendix C.2.2).</summary>
    public int ClientMinorVersion { get; init; }

    /// <summary>
    /// The framing towards the client. Chunked and Length as the response has them; UntilClose, with <see cref="Close"/>, for a chunked response to
    /// an HTTP/1.0 client or one without an end; None for no body, and then the Content-Length of a response to HEAD and of a 304 is kept.
    /// </summary>
    public BodyFraming Framing { get; init; }

    /// <summary>Whether the client's connection ends with this response: sends Connection: close. Without meaning for interim responses and upgrades.</summary>
    public bool Close { get; init; }

    /// <summary>The value of X-Canary-Version, which replaces the upstream's; empty: the field is left as it came.</summary>
    public ReadOnlySpan<byte> VersionName { get; init; }

    /// <summary>The value of X-Request-ID, which replaces the upstream's; empty: the field is left as it came. Interim responses carry none then.</summary>
    public ReadOnlySpan<byte> RequestId { get; init; }

    /// <summary>Whole field lines, each with its CRLF, that go behind the others as they are; not with interim responses.</summary>
    public ReadOnlySpan<byte> OwnFields { get; init; }

    /// <summary>The time as an IMF-fixdate, added to a final response that has no Date (RFC 9110 section 6.6.1); empty: nothing is added.</summary>
    public ReadOnlySpan<byte> Date { get; init; }
}
