using System.Collections.Immutable;
using System.Globalization;
using FastCanary.Control;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>Snapshots one after the other, each with other weights and endpoints, and now and then one listener more or less.</summary>
internal sealed class SoakReloads(DataPlane plane, IReadOnlyList<SoakOrigin> origins, SoakRandom random)
{
    private readonly SnapshotCompiler _compiler = new(new StateTable());
    private readonly int[] _extraPorts = [World.NextPort(), World.NextPort()];
    private volatile int _extraPort;
    private long _listenersChangeMs;

    /// <summary>A listener that all snapshots have.</summary>
    public int Port { get; private set; }

    /// <summary>The listener that comes and goes; 0 while there is none.</summary>
    public int ExtraPort => _extraPort;

    public int Applied { get; private set; }

    public int ListenersAdded { get; private set; }

    public int ListenersRemoved { get; private set; }

    /// <summary>Opens the listener that stays.</summary>
    public void Open()
    {
        _listenersChangeMs = Environment.TickCount64 + 500;
        for (var attempt = 0; ; attempt++)
        {
            if (Port == 0 || attempt > 0) Port = World.NextPort();
            try
            {
                Apply();
                return;
            }
            catch (TransportException) when (attempt < 20)
            {
                // Somebody else has the port.
            }
        }
    }

    /// <summary>No listeners and no endpoints: what is idle in the pools is closed.</summary>
    public void Close()
    {
        _extraPort = 0;
        plane.Apply(new Snapshot { Listeners = [], Services = [], Endpoints = ImmutableArray<EndpointModel>.Empty });
    }

    public void Run(Func<bool> isOver)
    {
        while (!isOver())
        {
            Thread.Sleep(random.Between(50, 500));
            if (Environment.TickCount64 >= _listenersChangeMs)
            {
                _listenersChangeMs = Environment.TickCount64 + random.Between(700, 3000);
                ChangeListeners();
            }
            else
            {
                Apply();
            }
        }
    }

    private void ChangeListeners()
    {
        if (_extraPort != 0)
        {
            _extraPort = 0;
            ListenersRemoved++;
            Apply();
            return;
        }

        var port = _extraPorts[random.Below(_extraPorts.Length)];
        try
        {
            plane.Apply(Compile(port));
            Applied++;
            ListenersAdded++;
            _extraPort = port;
        }
        catch (TransportException)
        {
            // Somebody else has the port; nothing has changed.
        }
    }

    private void Apply()
    {
        plane.Apply(Compile(_extraPort));
        Applied++;
    }

    private Snapshot Compile(int extraPort)
    {
        var versions = random.OneIn(6) ? 1 : 2;
        var yaml = string.Create(CultureInfo.InvariantCulture, $$"""
            listeners:
              - { address: "127.0.0.1:{{Port}}", service: s, timeouts: { requestHead: 30s, idle: 60s } }
              {{(extraPort == 0 ? "" : $"- {{ address: \"127.0.0.1:{extraPort}\", service: s, timeouts: {{ requestHead: 30s, idle: 60s }} }}")}}
            services:
              s:
                versions: { {{string.Join(", ", Enumerable.Range(0, versions).Select(Version))}} }
                timeouts: { connect: 10s, upstreamIdle: 1s }
                exposeVersion: {{(random.OneIn(2) ? "true" : "false")}}
            """);
        var result = ConfigLoader.Parse(yaml, "soak.yaml", _ => null);
        var errors = new List<ConfigError>(result.Errors);
        var snapshot = errors.Count > 0 ? null : _compiler.Compile(result.Config!, errors);
        return errors.Count == 0 ? snapshot! : throw new InvalidDataException(string.Join('\n', errors));
    }

    private string Version(int index)
    {
        var drawn = origins.Where(_ => random.OneIn(2)).ToList();
        if (drawn.Count == 0) drawn.Add(origins[random.Below(origins.Count)]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"v{index}: {{ weight: {random.Between(1, 9)}, endpoints: [{string.Join(", ", drawn.Select(origin => $"{{ address: \"127.0.0.1:{origin.Port}\", weight: {random.Between(1, 3)} }}"))}] }}");
    }
}
