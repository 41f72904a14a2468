using System.Globalization;
using FastCanary.Control;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <summary>
/// A data plane with one listener and one service, its origins and its clients. When it is disposed, the clients leave, and nothing of
/// theirs may remain: no session, no block, no bug.
/// </summary>
public sealed class World : IDisposable
{
    // Below the kernel's ephemeral range, so that no outgoing connection of a test takes one, and apart from what the other test projects take (Kit/Ports.cs: 15000 and up).
    private const int FirstPort = 10_000;
    private const int PortCount = 2_500;

    private static int LastPort = Environment.ProcessId * 131 % PortCount;

    private readonly List<IDisposable> _mine = [];
    private readonly SnapshotCompiler _compiler = new(new StateTable());
    private bool _checked;

    /// <param name="origins">One version each: v0, v1 and so on, with weight 1.</param>
    public World(params Origin[] origins)
        : this(new WorldOptions(), origins)
    {
    }

    public World(WorldOptions options, params Origin[] origins)
    {
        _mine.AddRange(origins);
        Origins = origins;
        Plane = new DataPlane(options.Loops, TransportBackend.Auto);
        for (var attempt = 0; ; attempt++)
        {
            Port = NextPort();
            try
            {
                Plane.Apply(Compile(options));
                return;
            }
            catch (TransportException) when (attempt < 20)
            {
                // Somebody else has the port.
            }
        }
    }

    public DataPlane Plane { get; }

    public IReadOnlyList<Origin> Origins { get; }

    public Origin Origin => Origins[0];

    public int Port { get; }

    public static int NextPort() => FirstPort + (Interlocked.Increment(ref LastPort) % PortCount);

    /// <summary>Clients that have sent FIN are believed to be there for as long as a test has patience, not for a second without progress.</summary>
    public static void BelieveInHalfClosed(DataPlane plane)
    {
        foreach (var worker in plane.Workers) worker.HalfClosedGraceMs = Wire.PatienceMs;
    }

    /// <summary>Puts other options in force, as a reload does.</summary>
    public void Apply(WorldOptions options) => Plane.Apply(Compile(options));

    public Wire Connect(Cut cut = Cut.Whole)
    {
        var wire = Wire.Connect(Port);
        wire.Cut = cut;
        lock (_mine) _mine.Add(wire);
        return wire;
    }

    /// <summary>Sends one request on a connection of its own and reads the final response.</summary>
    public Message Ask(string request, Cut cut = Cut.Whole, bool toHead = false)
    {
        using var client = Wire.Connect(Port);
        client.Cut = cut;
        client.TrySend(request);
        return Message.ReadResponse(client, toHead) ?? throw new InvalidDataException($"no response; the connection: {client.End}");
    }

    public static string Get(string target = "/") => $"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n";

    public static string Post(string body, string target = "/") =>
        string.Create(CultureInfo.InvariantCulture, $"POST {target} HTTP/1.1\r\nHost: a.example\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    public static string PostChunked(string chunks, string target = "/") => $"POST {target} HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}";

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    public static void Eventually(Func<bool> condition, string what)
    {
        var until = Environment.TickCount64 + Wire.PatienceMs;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, $"not within {Wire.PatienceMs} ms: {what}");
            Thread.Sleep(5);
        }
    }

    /// <summary>The clients leave; nothing of theirs may remain, and idle upstream connections own no memory.</summary>
    public void AssertNothingLeft()
    {
        _checked = true;
        lock (_mine)
        {
            foreach (var mine in _mine.OfType<Wire>()) mine.Dispose();
        }

        Eventually(() => Plane.Sessions == 0, $"no session is left ({Plane.Sessions}); bug: {Plane.LastBug}");
        Eventually(() => Plane.BlocksRented == 0, $"no block is left ({Plane.BlocksRented}); bug: {Plane.LastBug}");
        Assert.Null(Plane.LastBug);
        foreach (var origin in Origins) Assert.Empty(origin.Errors);
    }

    public void Dispose()
    {
        try
        {
            if (!_checked) AssertNothingLeft();
        }
        finally
        {
            Plane.Dispose();
            foreach (var mine in _mine) mine.Dispose();
        }
    }

    private Snapshot Compile(WorldOptions options)
    {
        var versions = Origins.Select((origin, i) => (Port: origin.Port, Weight: options.Weights?[i] ?? 1));
        if (options.DeadUpstream is { } dead) versions = [(dead, 1)];
        var yaml = string.Create(CultureInfo.InvariantCulture, $$"""
            listeners:
              - address: 127.0.0.1:{{Port}}
                protocol: {{options.Protocol}}
                {{options.Routing}}
                {{(options.Protocol == "http" ? $"timeouts: {options.ListenerTimeouts}" : "")}}
                limits: {{options.ListenerLimits}}
            services:
              s:
                exposeVersion: {{(options.ExposeVersion ? "true" : "false")}}
                versions:
                  {{string.Join("\n      ", versions.Select((version, i) => $"v{i}: {{ weight: {version.Weight}, endpoints: [{{ address: \"127.0.0.1:{version.Port}\"{options.Endpoint} }}] }}"))}}
                timeouts: {{options.ServiceTimeouts}}
                limits: {{options.ServiceLimits}}
                {{options.Service.ReplaceLineEndings("\n    ")}}
            {{options.Top}}
            """);
        var result = ConfigLoader.Parse(yaml, "test.yaml", _ => null);
        Assert.Equal("", string.Join('\n', result.Errors));
        var errors = new List<ConfigError>();
        var snapshot = _compiler.Compile(result.Config!, errors);
        Assert.Empty(errors);
        return snapshot!;
    }
}
