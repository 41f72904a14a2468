using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>What an origin is told about the client and the proxies between, by the listener's options and by who asks.</summary>
public sealed class ForwardedTests
{
    private const string Received =
        "X_Forwarded_For: 192.0.2.66\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.1\r\n" +
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n" +
        "Forwarded: for=203.0.113.9;proto=https\r\nforwarded: for=\"[2001:db8::7]\"\r\n";

    private const string Kept = "for=203.0.113.9;proto=https | for=\"[2001:db8::7]\"";
    private const string Appended = "for=203.0.113.9;proto=https, for=\"[2001:db8::7]\", ";
    private const string Own = "for=127.0.0.1;host=\"e2e.test:8080\";proto=http";

    private static readonly string[] XModes = ["append", "replace"];
    private static readonly string[] Modes = ["off", "append", "replace"];

    [Fact]
    public void By_every_option_from_trusted_and_from_other_peers()
    {
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(string.Join('\n', LinesOf(request))));
        var ports = new Dictionary<(string X, string Mode, bool IsTrusted), int>();
        foreach (var x in XModes)
        {
            foreach (var mode in Modes) (ports[(x, mode, true)], ports[(x, mode, false)]) = (Ports.Free(), Ports.Free());
        }

        using var proxy = FastCanaryProcess.Start($$"""
            listeners:
            {{string.Join('\n', ports.Select(static port => Listener(port.Value, port.Key.X, port.Key.Mode, port.Key.IsTrusted)))}}
            services: { web: { versions: { v1: { endpoints: ["127.0.0.1:{{origin.Port}}"] } } } }
            """);
        foreach (var ((x, mode, isTrusted), port) in ports)
        {
            using var client = new RawClient(port);
            string[] xForwarded = isTrusted && x == "append" ? ["203.0.113.9, 198.51.100.1, 127.0.0.1", "https", "shop.example"] : ["127.0.0.1", "http", "e2e.test:8080"];
            var forwarded = (mode, isTrusted) switch
            {
                ("off", true) => Kept,
                ("off", false) => "",
                ("append", true) => Appended + Own,
                _ => Own,
            };
            Assert.Equal($"{x} {mode} {isTrusted}: {string.Join('\n', [.. xForwarded, forwarded])}", $"{x} {mode} {isTrusted}: {client.Get(host: "e2e.test:8080", fields: Received).Text}");

            // Who sends nothing gets the same from either peer.
            xForwarded = ["127.0.0.1", "http", "e2e.test"];
            var own = mode == "off" ? "" : "for=127.0.0.1;host=e2e.test;proto=http";
            Assert.Equal(string.Join('\n', [.. xForwarded, own]), client.Get().Text);
        }
    }

    [Fact]
    public void By_default_a_trusted_peers_are_appended_to_and_Forwarded_is_not_written()
    {
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(string.Join('\n', LinesOf(request))));
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, listener: ", trustedProxies: [127.0.0.1]"));
        using var client = new RawClient(port);
        Assert.Equal($"203.0.113.9, 198.51.100.1, 127.0.0.1\nhttps\nshop.example\n{Kept}", client.Get(fields: Received).Text);
        Assert.Equal("127.0.0.1\nhttp\ne2e.test\n", client.Get().Text);
    }

    private static string Listener(int port, string x, string mode, bool isTrusted) =>
        $"  - {{ address: \"127.0.0.1:{port}\", service: web, trustedProxies: {(isTrusted ? "[127.0.0.1]" : "[127.0.0.2]")}, xForwarded: {x}, forwarded: {mode} }}";

    // All lines of a field in every spelling that a back end might take for it, so that none hides behind another.
    private static IEnumerable<string> LinesOf(HttpMessage request) =>
        ((string[])["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"]).Select(name =>
            string.Join(" | ", request.Fields.Where(field => field.Name.Replace('_', '-').Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static field => field.Value)));
}
