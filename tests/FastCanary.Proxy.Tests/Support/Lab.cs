using System.Globalization;
using FastCanary.Control;
using FastCanary.Proxy.Tests.Counters;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <summary>
/// A data plane with one listener, whose service <c>s</c> a test writes out in YAML. When it is disposed, the clients leave and nothing of theirs may remain: no session, no block,
/// no bug, no connection of an endpoint that counts as in use, nobody in a queue.
/// </summary>
public sealed class Lab : IDisposable
{
    private readonly List<IDisposable> _mine = [];
    private readonly SnapshotCompiler _compiler = new(new StateTable());
    private readonly string _listener;
    private bool _checked;

    /// <param name="service">The keys of the service: <c>$0</c>, <c>$1</c> and so on stand for the origins' addresses, <c>$dead</c> for one that refuses.</param>
    /// <param name="origins">Belong to this.</param>
    public Lab(string service, params Origin[] origins)
        : this(service, 1, "", origins)
    {
    }

    /// <param name="service">As above.</param>
    /// <param name="loops">How many.</param>
    /// <param name="listener">More keys of the listener, in flow style: <c>, protocol: tcp</c>.</param>
    /// <param name="origins">Belong to this.</param>
    public Lab(string service, int loops, string listener, params Origin[] origins)
    {
        _mine.AddRange(origins);
        _listener = listener;
        Origins = origins;
        Plane = new DataPlane(loops, TransportBackend.Auto);
        for (var attempt = 0; ; attempt++)
        {
            Port = World.NextPort();
            try
            {
                Apply(service);
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

    public int Port { get; private set; }

    /// <summary>A port that nobody listens on.</summary>
    public int DeadPort { get; } = World.NextPort();

    public Snapshot Snapshot { get; private set; } = null!;

    public ServiceModel Service => Snapshot.Services[0];

    /// <summary>Puts other keys of the service in force, as a reload does.</summary>
    /// <param name="service">As in the constructor.</param>
    /// <param name="adjust">Changes the model beyond what its keys say; null: nothing.</param>
    public void Apply(string service, Action<ServiceModel>? adjust = null)
    {
        Snapshot = Compile(service);
        adjust?.Invoke(Service);
        Plane.Apply(Snapshot);
    }

    public VersionModel Version(string name) => Service.Versions.Single(version => version.Name == name);

    public VersionCounters Counters(string version) => Plane.CountersOf(Version(version));

    /// <summary>What was counted of a version so far.</summary>
    public VersionTotals Totals(string version)
    {
        var totals = new VersionTotals();
        Plane.Read(Version(version), totals);
        return totals;
    }

    /// <summary>As <see cref="Totals(string)"/>, as soon as so many of its requests have ended.</summary>
    public VersionTotals Totals(string version, int requests)
    {
        World.Eventually(() => Totals(version).Requests >= requests, $"{requests} requests of {version} have ended ({Totals(version).Requests})");
        var totals = Totals(version);
        Assert.Equal(requests, totals.Requests);
        return totals;
    }

    /// <summary>How many wait for a connection of a version.</summary>
    public int Waiting(string version) => Plane.QueueOf(Version(version)).Count;

    /// <summary>Behind this the loops are done with what they have sent: a client or an origin may have read it before its exchange is settled, counted and logged, or timed.</summary>
    public void AwaitLoops() => Plane.OnEachLoop(static () => 0);

    /// <summary>Gives each response to come so long to begin; those that are waited for by now keep what they were given.</summary>
    public void SetResponseTimeout(int milliseconds)
    {
        AwaitLoops();
        Adjusted.ResponseTimeout(milliseconds)(Service);
    }

    /// <summary>An origin has read so many requests, also where the proxy did not wait for it to do so.</summary>
    public void AssertRequests(int count, int origin)
    {
        World.Eventually(() => Origins[origin].Requests.Count >= count, $"{count} requests at origin {origin} ({Origins[origin].Requests.Count})");
        Assert.Equal(count, Origins[origin].Requests.Count);
    }

    public Wire Connect()
    {
        var wire = Wire.Connect(Port);
        lock (_mine) _mine.Add(wire);
        return wire;
    }

    /// <summary>Sends one request on a connection of its own and reads the final response.</summary>
    public Message Ask(string request, bool toHead = false)
    {
        using var client = Wire.Connect(Port);
        client.TrySend(request);
        return Message.ReadResponse(client, toHead) ?? throw new InvalidDataException($"no response; the connection: {client.End}");
    }

    /// <summary>The statuses of so many requests, one after the other, on one connection where that lasts.</summary>
    public List<int> Ask(int count, string? request = null) => [.. Enumerable.Range(0, count).Select(_ => Ask(request ?? World.Get()).Status)];

    public void AssertNothingLeft()
    {
        _checked = true;
        lock (_mine)
        {
            foreach (var mine in _mine.OfType<Wire>()) mine.Dispose();
        }

        World.Eventually(() => Plane.Sessions == 0, $"no session is left ({Plane.Sessions}); bug: {Plane.LastBug}");
        World.Eventually(() => Plane.BlocksRented == 0, $"no block is left ({Plane.BlocksRented}); bug: {Plane.LastBug}");
        Assert.Null(Plane.LastBug);
        foreach (var endpoint in Snapshot.Endpoints) Assert.Equal((endpoint.Name, 0), (endpoint.Name, endpoint.State.Connections));
        foreach (var version in Service.Versions.Where(static version => version.HasConnectionsMax)) Assert.Equal((version.Name, 0), (version.Name, Waiting(version.Name)));
        var (active, retrying) = Plane.LoadOf(Service);
        Assert.Equal((0, 0), (active, retrying));
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

    private Snapshot Compile(string service)
    {
        for (var i = 0; i < Origins.Count; i++) service = service.Replace($"${i}", $"127.0.0.1:{Origins[i].Port}", StringComparison.Ordinal);
        service = service.Replace("$dead", $"127.0.0.1:{DeadPort}", StringComparison.Ordinal);
        var yaml = string.Create(CultureInfo.InvariantCulture, $$"""
            allowFaultInjection: true
            listeners: [{ address: "127.0.0.1:{{Port}}", service: s{{_listener}} }]
            services:
              s:
                {{service.ReplaceLineEndings("\n    ")}}
            """);
        var result = ConfigLoader.Parse(yaml, "test.yaml", _ => null);
        Assert.Equal("", string.Join('\n', result.Errors));
        var errors = new List<ConfigError>();
        var snapshot = _compiler.Compile(result.Config!, errors);
        Assert.Empty(errors);
        return snapshot!;
    }
}
