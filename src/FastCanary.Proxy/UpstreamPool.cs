using System.Net;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>A loop's idle connections to one endpoint, and the address they lead to.</summary>
internal sealed record UpstreamPool(IPEndPoint Address, IdleConnections Idle);
