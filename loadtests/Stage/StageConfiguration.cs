using System.Net;

namespace FastCanary.LoadTests.Stage;

/// <summary>The one configuration that all scenarios run on, as text.</summary>
internal sealed record StageConfiguration
{
    /// <summary>Where requests come in.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>Where TCP connections come in.</summary>
    public required IPEndPoint Tcp { get; init; }

    /// <summary>The admin API.</summary>
    public required IPEndPoint Admin { get; init; }

    /// <summary>The endpoints.</summary>
    public required OriginAddresses Origins { get; init; }

    /// <summary>The split of <see cref="Services.Split"/> as the file tells it: stable, canary, preview.</summary>
    public (int Stable, int Canary, int Preview) Split { get; init; } = (1, 1, 1);

    /// <summary>On the usual ports, with endpoints elsewhere.</summary>
    public static StageConfiguration For(OriginAddresses origins) =>
        new() { Http = new IPEndPoint(IPAddress.Any, 8080), Tcp = new IPEndPoint(IPAddress.Any, 8081), Admin = new IPEndPoint(IPAddress.Loopback, 9901), Origins = origins };

    /// <summary>The file.</summary>
    public string ToYaml() => $$"""
        # What the load scenarios run on: each service is reached by the host NAME.test.
        listeners:
          - address: "{{Http}}"
            routes:
              - { host: {{Services.HostOf(Services.Plain)}}, service: {{Services.Plain}} }
              - { host: {{Services.HostOf(Services.Split)}}, service: {{Services.Split}} }
              - { host: {{Services.HostOf(Services.Sticky)}}, service: {{Services.Sticky}} }
              - { host: {{Services.HostOf(Services.Failover)}}, service: {{Services.Failover}} }
              - { host: {{Services.HostOf(Services.Rollout)}}, service: {{Services.Rollout}} }
              - { host: {{Services.HostOf(Services.Bulk)}}, service: {{Services.Bulk}} }
              - { host: {{Services.HostOf(Services.WebSocket)}}, service: {{Services.WebSocket}} }
          - { address: "{{Tcp}}", protocol: tcp, service: {{Services.Tcp}} }
        admin: { address: "{{Admin}}" }
        state: { path: state }
        services:
          {{Services.Plain}}:
            exposeVersion: true
            versions:
              stable: { weight: 1, endpoints: ["{{Origins.Stable1}}"] }
          {{Services.Split}}:
            exposeVersion: true
            versions:
              stable: { weight: {{Split.Stable}}, endpoints: ["{{Origins.Stable1}}"] }
              canary: { weight: {{Split.Canary}}, endpoints: ["{{Origins.Canary1}}"] }
              preview: { weight: {{Split.Preview}}, endpoints: ["{{Origins.Preview1}}"] }
          {{Services.Sticky}}:
            exposeVersion: true
            versions:
              stable: { weight: 100, endpoints: ["{{Origins.Stable1}}"] }
              canary: { weight: 0, endpoints: ["{{Origins.Canary1}}"] }
            affinity: { key: "header X-User-Id", salt: "load" }
          {{Services.Failover}}:
            exposeVersion: true
            versions:
              stable: { weight: 3, endpoints: ["{{Origins.Stable1}}", "{{Origins.Stable2}}"] }
              canary: { weight: 1, endpoints: ["{{Origins.Canary1}}"] }
            health: { path: /health, interval: 500ms, timeout: 500ms, rise: 2, fall: 3 }
            retry: { attempts: 1, budget: 100%, rescue: true }
            timeouts: { connect: 1s, response: 1s }
          {{Services.Rollout}}:
            exposeVersion: true
            versions:
              stable: { weight: 100, endpoints: ["{{Origins.Stable1}}"] }
              canary: { weight: 0, endpoints: ["{{Origins.Canary1}}"] }
            rollout: { canary: canary, baseline: stable }
          {{Services.Bulk}}:
            versions:
              stable: { weight: 1, endpoints: ["{{Origins.Bulk}}"] }
          {{Services.WebSocket}}:
            versions:
              stable: { weight: 1, endpoints: ["{{Origins.WebSocket}}"] }
          {{Services.Tcp}}:
            versions:
              stable: { weight: 1, endpoints: ["{{Origins.TcpStable}}"] }
              canary: { weight: 1, endpoints: ["{{Origins.TcpCanary}}"] }

        """;
}
