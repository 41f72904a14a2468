namespace FastCanary.Traffic;

/// <summary>With which requests a browser sends a cookie (RFC 6265bis, section 5.6.7).</summary>
public enum SameSite : byte
{
    /// <summary>The attribute is not sent.</summary>
    Unset,

    /// <summary>With requests of the same site, and with links from others.</summary>
    Lax,

    /// <summary>With requests of the same site only.</summary>
    Strict,

    /// <summary>With all requests; needs Secure.</summary>
    None,
}
