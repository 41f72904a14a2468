using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

internal static class Models
{
    public static ServiceModel Service(StateTable states, string name, params (string Name, int Weight, (string Address, int Weight)[] Endpoints)[] versions) =>
        new()
        {
            Name = name,
            State = states.Service(name),
            Versions = [.. versions.Select((version, index) => new VersionModel
            {
                Name = version.Name,
                Index = index,
                Weight = version.Weight,
                State = states.Version(name, version.Name),
                Endpoints = [.. version.Endpoints.Select(endpoint => new EndpointModel
                {
                    Name = endpoint.Address,
                    Address = IPEndPoint.Parse(endpoint.Address),
                    Weight = endpoint.Weight,
                    State = states.Endpoint(name, version.Name, endpoint.Address),
                })],
            })],
            ExposeVersion = false,
            ConnectTimeoutMs = 1000,
            ResponseTimeoutMs = 1000,
            ResponseBodyTimeoutMs = 1000,
            UpstreamIdleTimeoutMs = 1000,
            TunnelTimeoutMs = 1000,
            RequestBodyBytesMax = 0,
            ResponseHeadBytesMax = 65536,
        };
}
