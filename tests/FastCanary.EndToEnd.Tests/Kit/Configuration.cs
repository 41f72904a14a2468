namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>The configurations that most tests need.</summary>
internal static class Configuration
{
    /// <summary>One listener, one service <c>web</c>.</summary>
    /// <param name="port">Of the listener.</param>
    /// <param name="versions">Name, weight, port of the one endpoint.</param>
    /// <param name="listener">More keys of the listener, in flow style: <c>, timeouts: {...}</c>.</param>
    /// <param name="service">More keys of the service, a line. Without it, a patience that a busy machine does not exhaust.</param>
    /// <param name="loops">0: one per core.</param>
    public static string Split(int port, IEnumerable<(string Name, int Weight, int Port)> versions, string listener = "", string service = "", int loops = 0) =>
        $$"""
        listeners:
          - { address: "127.0.0.1:{{port}}", service: web{{listener}} }
        services:
          web:
            {{(service.Length > 0 ? service : "timeouts: { connect: 10s }")}}
            versions:
        {{string.Join('\n', versions.Select(static version => $"      {version.Name}: {{ weight: {version.Weight}, endpoints: [\"127.0.0.1:{version.Port}\"] }}"))}}
        runtime: { loops: {{loops}} }

        """;

    public static string Single(int port, int origin, string listener = "", string service = "") => Split(port, [("v1", 1, origin)], listener, service);

    public static string TwoToOne(int port, int first, int second) => Split(port, [("v1", 10, first), ("v2", 5, second)]);

    /// <summary>A service <c>web</c> whose canary has half of the requests in its first step and all of them after its second, with an admin API.</summary>
    /// <param name="port">Of the listener.</param>
    /// <param name="admin">Of the admin API.</param>
    /// <param name="stable">The baseline's origin.</param>
    /// <param name="canary">The canary's origin.</param>
    /// <param name="rollout">More keys of the rollout, in flow style, instead of a plan whose first step lasts: <c>steps: [...], analysis: {...}</c>.</param>
    /// <param name="tokens">In flow style: <c>, tokens: {...}</c>.</param>
    /// <param name="top">More keys at the top of the file.</param>
    /// <param name="service">More keys of the service, a line.</param>
    public static string Release(
        int port,
        int admin,
        int stable,
        int canary,
        string rollout = "steps: [{ weight: 50%, hold: 1h }, { pause: true }, { weight: 100% }]",
        string tokens = "",
        string top = "",
        string service = "timeouts: { connect: 10s }") =>
        $$"""
        listeners:
          - { address: "127.0.0.1:{{port}}", service: web }
        admin: { address: "127.0.0.1:{{admin}}"{{tokens}} }
        state: { path: state }
        {{top}}
        services:
          web:
            {{service}}
            versions:
              stable: { weight: 1, endpoints: ["127.0.0.1:{{stable}}"] }
              canary: { weight: 0, endpoints: ["127.0.0.1:{{canary}}"] }
            rollout: { canary: canary, baseline: stable, {{rollout}} }

        """;
}
