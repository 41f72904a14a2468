namespace FastCanary.Control;

/// <summary>Whether the process takes new requests, as <c>GET /readyz</c> tells.</summary>
internal enum Readiness : byte
{
    /// <summary>Not yet: its listeners are not open.</summary>
    Starting,

    /// <summary>It does.</summary>
    Ready,

    /// <summary>No more: exchanges end, then the process.</summary>
    Draining,
}
