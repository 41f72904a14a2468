using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An item of <c>listeners</c>.</summary>
public sealed class ListenerConfig
{
    /// <summary>As written: an IP address and a port.</summary>
    public string Address { get; internal set; } = "";

    /// <summary><see cref="Address"/>, parsed.</summary>
    public IPEndPoint BindTo { get; internal set; } = new(IPAddress.None, 0);

    /// <summary>What is spoken here.</summary>
    public ListenerProtocol Protocol { get; internal set; } = ListenerProtocol.Http;

    /// <summary>The one service that takes everything; null where there are <see cref="Routes"/>.</summary>
    public string? Service { get; internal set; }

    /// <summary>First match wins; empty where there is a <see cref="Service"/>.</summary>
    public IReadOnlyList<RouteConfig> Routes { get; internal set; } = [];

    /// <summary>How long clients may take.</summary>
    public ListenerTimeoutsConfig Timeouts { get; } = new();

    /// <summary>How much clients may send.</summary>
    public ListenerLimitsConfig Limits { get; } = new();

    /// <summary>Networks whose word about the client is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; internal set; } = [];

    /// <summary>Whether a trusted peer's connections begin with a PROXY header.</summary>
    public bool ProxyProtocol { get; internal set; }

    /// <summary>What becomes of X-Forwarded-For, -Proto and -Host; never <see cref="ForwardedMode.Off"/>.</summary>
    public ForwardedMode XForwarded { get; internal set; } = ForwardedMode.Append;

    /// <summary>What becomes of Forwarded.</summary>
    public ForwardedMode Forwarded { get; internal set; }

    internal ConfigPosition AddressPosition { get; set; }

    internal ConfigPosition ServicePosition { get; set; }
}
