namespace FastCanary.Http;

/// <summary>A set of <see cref="FieldName"/>s: the writers test a line against it with one shift.</summary>
internal readonly record struct FieldSet(ulong Bits)
{
    /// <summary>What never passes this hop (RFC 9110 section 7.6.1), both ways. Proxy-Authorization and its kin go too: this hop is the one they are for (section 11.7).</summary>
    internal static readonly FieldSet HopByHop = new FieldSet()
        .With(FieldName.Connection).With(FieldName.KeepAlive).With(FieldName.ProxyConnection)
        .With(FieldName.ProxyAuthorization).With(FieldName.ProxyAuthenticate).With(FieldName.ProxyAuthenticationInfo)
        .With(FieldName.Te).With(FieldName.TransferEncoding).With(FieldName.Upgrade).With(FieldName.Http2Settings)
        .With(FieldName.Alias).With(FieldName.Nominated);

    /// <summary>
    /// What a connection option cannot remove: the fields that say where a message ends, where it goes, who sent it, which one it is and what it waits for.
    /// A client that names them asks for a message that reads differently behind the proxy than before it: without its X-Request-ID, for one,
    /// the origin's log could not be told to speak of the request that FastCanary's speaks of.
    /// </summary>
    internal static readonly FieldSet NotNominable = new FieldSet()
        .With(FieldName.Host).With(FieldName.ContentLength).With(FieldName.TransferEncoding).With(FieldName.Connection)
        .With(FieldName.Upgrade).With(FieldName.Expect).With(FieldName.MaxForwards)
        .With(FieldName.XForwardedFor).With(FieldName.XForwardedProto).With(FieldName.XForwardedHost).With(FieldName.XForwardedOther)
        .With(FieldName.Forwarded).With(FieldName.XRequestId);

    /// <summary>The fields that tell the origin what the client asked, replaced unless the peer is trusted.</summary>
    internal static readonly FieldSet XForwarded = new FieldSet()
        .With(FieldName.XForwardedFor).With(FieldName.XForwardedProto).With(FieldName.XForwardedHost).With(FieldName.XForwardedOther);

    internal bool Has(FieldName name) => ((Bits >> (int)name) & 1) != 0;

    internal bool Overlaps(FieldSet other) => (Bits & other.Bits) != 0;

    internal FieldSet With(FieldName name) => new(Bits | (1UL << (int)name));

    internal FieldSet Without(FieldName name) => new(Bits & ~(1UL << (int)name));

    internal FieldSet Union(FieldSet other) => new(Bits | other.Bits);
}
