namespace FastCanary.Http;

/// <summary>The fields that FastCanary interprets, removes or writes. At most 64 members: sets of them are the bits of a <see cref="FieldSet"/>.</summary>
internal enum FieldName : byte
{
    Other,
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    KeepAlive,
    ProxyConnection,
    ProxyAuthorization,
    ProxyAuthenticate,
    ProxyAuthenticationInfo,
    Te,
    Upgrade,
    Http2Settings,
    Expect,
    MaxForwards,
    Trailer,
    XForwardedFor,
    XForwardedProto,
    XForwardedHost,

    /// <summary>Any other X-Forwarded- field: believed from a trusted peer, removed from any other.</summary>
    XForwardedOther,

    /// <summary>The standard field of what the X-Forwarded- family says (RFC 7239).</summary>
    Forwarded,
    XRequestId,
    Date,
    XCanaryVersion,

    /// <summary>Says that the baseline answered a request which the canary failed; FastCanary alone writes it.</summary>
    XCanaryRescued,

    /// <summary>Says that a request is a copy; FastCanary alone writes it.</summary>
    XCanaryMirrored,

    /// <summary>A name that some back ends read as one of the above because it differs only in underscores for hyphens (as in CGI variables).</summary>
    Alias,

    /// <summary>A field that a connection option names, whatever it is called (RFC 9110 section 7.6.1), or that was removed by name.</summary>
    Nominated,
}
