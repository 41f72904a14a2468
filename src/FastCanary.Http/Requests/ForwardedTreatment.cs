namespace FastCanary.Http;

/// <summary>What becomes of the Forwarded field (RFC 7239) of one request: the configuration and the trust in the peer, taken together.</summary>
public enum ForwardedTreatment : byte
{
    /// <summary>What was received does not pass, and nothing is written: an untrusted peer's, unless it is replaced.</summary>
    Remove,

    /// <summary>What was received passes as it came, and nothing is written: a trusted peer's.</summary>
    Keep,

    /// <summary>What was received passes in one line with an element for the client at its end: a trusted peer's.</summary>
    Append,

    /// <summary>One line with an element for the client, in place of whatever was received.</summary>
    Replace,
}
