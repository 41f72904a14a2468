// YARP as a peer of bench/compare/run: plain HTTP/1.1, a split of 9 to 1, no logging, large pools of kept connections.
//
//     yarp PORT ORIGIN-PORT-A ORIGIN-PORT-B

using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

var ports = Array.ConvertAll(args, text => int.Parse(text, CultureInfo.InvariantCulture));
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Limits.MinResponseDataRate = null;
    kestrel.Listen(new IPEndPoint(IPAddress.Loopback, ports[0]), endpoint => endpoint.Protocols = HttpProtocols.Http1);
});
builder.WebHost.UseSockets(sockets => sockets.Backlog = 16384);

// Ten destinations in turn, nine of them the first origin: YARP's load balancing knows no weights.
// .NET pools connections by address, so the nine share one pool.
var destinations = Enumerable.Range(0, 10).ToDictionary(
    i => string.Create(CultureInfo.InvariantCulture, $"d{i}"),
    i => new DestinationConfig { Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(i < 9 ? ports[1] : ports[2])}/") },
    StringComparer.Ordinal);
builder.Services.AddReverseProxy()
    .LoadFromMemory(
        [new RouteConfig { RouteId = "all", ClusterId = "web", Match = new RouteMatch { Path = "{**rest}" } }],
        [new ClusterConfig { ClusterId = "web", LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin, Destinations = destinations }])
    .ConfigureHttpClient((_, handler) =>
    {
        handler.PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10);
        handler.ActivityHeadersPropagator = null;
    });

var app = builder.Build();
app.MapReverseProxy();
app.Run();
