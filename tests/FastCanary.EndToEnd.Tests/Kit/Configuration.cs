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
}
