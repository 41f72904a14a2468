using System.Net;

namespace FastCanary.Traffic;

/// <summary>An address that is accepted on, with the bounds that hold for its connections.</summary>
public sealed class ListenerModel
{
    private RouteTable _routes = RouteTable.Empty;
    private ServiceModel? _tcpService;

    /// <summary>What outlives a reload.</summary>
    public required ListenerState State { get; init; }

    /// <summary>As configured, for messages and metrics.</summary>
    public required string Address { get; init; }

    /// <summary><see cref="Address"/>, parsed.</summary>
    public required IPEndPoint BindTo { get; init; }

    /// <summary>What is spoken here.</summary>
    public required ListenerProtocol Protocol { get; init; }

    /// <summary>How long a request head may take from its first byte to its last, in milliseconds; above 0.</summary>
    public required int RequestHeadTimeoutMs { get; init; }

    /// <summary>How long a request body may stand still, in milliseconds; above 0.</summary>
    public required int RequestBodyTimeoutMs { get; init; }

    /// <summary>How long a connection may wait for its next request, in milliseconds; above 0.</summary>
    public required int IdleTimeoutMs { get; init; }

    /// <summary>The largest request line and field lines together, in bytes, 1 KiB to 256 KiB.</summary>
    public required int RequestHeadBytesMax { get; init; }

    /// <summary>The longest request line, in bytes; at most <see cref="RequestHeadBytesMax"/>.</summary>
    public required int RequestLineBytesMax { get; init; }

    /// <summary>The most field lines of a request; at least 1.</summary>
    public required int FieldsMax { get; init; }

    /// <summary>The most connections at a time; 0 means no limit.</summary>
    public required int ConnectionsMax { get; init; }

    /// <summary>The peers whose word about the client is believed.</summary>
    public required NetworkSet TrustedProxies { get; init; }

    /// <summary>Whether a trusted peer's connections begin with a PROXY header; others' never do.</summary>
    public bool TakesProxyProtocol { get; init; }

    /// <summary>What becomes of X-Forwarded-For, -Proto and -Host; never <see cref="ForwardedMode.Off"/>.</summary>
    public ForwardedMode XForwarded { get; init; } = ForwardedMode.Append;

    /// <summary>What becomes of Forwarded (RFC 7239).</summary>
    public ForwardedMode Forwarded { get; init; }

    /// <summary>Which service a request goes to; empty on a <see cref="ListenerProtocol.Tcp"/> listener.</summary>
    public required RouteTable Routes
    {
        get => _routes;
        init => _routes = value;
    }

    /// <summary>Where connections go on a <see cref="ListenerProtocol.Tcp"/> listener; null on others.</summary>
    public required ServiceModel? TcpService
    {
        get => _tcpService;
        init => _tcpService = value;
    }

    /// <summary>The same listener with the services of the same names.</summary>
    /// <param name="services">One for every service that it leads to.</param>
    public ListenerModel With(IReadOnlyDictionary<string, ServiceModel> services)
    {
        var copy = (ListenerModel)MemberwiseClone();
        copy._routes = _routes.With(services);
        copy._tcpService = _tcpService is null ? null : services[_tcpService.Name];
        return copy;
    }
}
