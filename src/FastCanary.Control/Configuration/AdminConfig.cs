using System.Net;

namespace FastCanary.Control;

/// <summary><c>admin</c>: where the admin API, the dashboard and the metrics are, and who may use them.</summary>
public sealed class AdminConfig
{
    /// <summary>As written: an IP address and a port, or <c>off</c>.</summary>
    public string Address { get; internal set; } = "127.0.0.1:9901";

    /// <summary><see cref="Address"/>, parsed; null: there is no admin listener.</summary>
    public IPEndPoint? BindTo { get; internal set; } = new(IPAddress.Loopback, 9901);

    /// <summary>Whether the file has the section. Without it, a default address that is taken is no reason not to start.</summary>
    public bool IsWritten { get; internal set; }

    /// <summary>What changing calls, and reading ones, may carry; empty: changing calls need none. A secret: it goes into no log and no error.</summary>
    public string OperatorToken { get; internal set; } = "";

    /// <summary>What reading calls may carry; empty: reading calls need none, but for a listener beyond the loopback. A secret too.</summary>
    public string ViewerToken { get; internal set; } = "";

    /// <summary>Origins of browsers' calls that are taken as the listener's own is: <c>https://ops.example</c>, in lower case, without a default port.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; internal set; } = [];

    internal ConfigPosition AddressPosition { get; set; }
}
