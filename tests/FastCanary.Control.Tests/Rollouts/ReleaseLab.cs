using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Proxy;
using FastCanary.Release;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>
/// A control plane with its data plane in this process, whose time passes when the test says so: real requests, real origins, a real journal. Looks come from the clock's timer.
/// </summary>
internal sealed class ReleaseLab : IDisposable
{
    public const string Actor = "admin: operator";

    /// <summary>Two versions, and a rollout whose steps only people leave.</summary>
    public const string Gated = """
        versions:
          stable: { weight: 9, endpoints: ["$0"] }
          canary: { weight: 1, endpoints: ["$1"] }
        rollout: { canary: canary, baseline: stable, steps: [ { weight: 10%, hold: 24h }, { weight: 50%, hold: 24h }, { weight: 100% } ] }
        """;

    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: s.test\r\n\r\n");

    private readonly TempFolder _folder = new();
    private readonly CountingOrigin[] _origins;
    private readonly string _head;
    private readonly byte[] _input = new byte[256 * 1024];
    private readonly VersionTotals _totals = new();
    private ControlPlane? _control;
    private Socket? _client;

    /// <param name="service">The keys of the service <c>s</c>: <c>$0</c>, <c>$1</c> and so on stand for the origins' addresses.</param>
    /// <param name="transport">As <c>runtime.transport</c>.</param>
    /// <param name="origins">Belong to this.</param>
    public ReleaseLab(string service, string transport, params CountingOrigin[] origins)
    {
        _origins = origins;
        _head = $$"""
            admin: { address: off }
            runtime: { transport: {{transport}}, loops: 2 }
            state: { path: "{{StatePath}}" }

            """;
        Write(service);
        Start();
    }

    /// <param name="service">As above.</param>
    /// <param name="origins">As above.</param>
    public ReleaseLab(string service, params CountingOrigin[] origins)
        : this(service, "auto", origins)
    {
    }

    public int Port { get; } = Ports.Free();

    /// <summary>Where the next file that is written listens too, for the same service.</summary>
    public List<int> MorePorts { get; } = [];

    public ManualClock Clock { get; } = new();

    public KeptLog Log { get; } = new();

    /// <summary>What the journal and the state are written to: flushes nothing.</summary>
    public FaultyDisk Disk { get; set; } = new();

    public string ConfigPath => _folder.File("fastcanary.yaml");

    public string StatePath => _folder.File("state");

    public IReadOnlyList<CountingOrigin> Origins => _origins;

    public ControlPlane Control => _control!;

    public IAdminTarget Target => _control!;

    public Snapshot Live => Control.Data.Snapshot.Snapshot;

    public ServiceReport Service => Target.Service("s")!;

    public RolloutReport Rollout => Service.Rollout!;

    /// <summary>The live split: <c>stable=9 canary=1</c>, as requests see it.</summary>
    public string Split => SplitOf("s");

    public string SplitOf(string service) => string.Join(' ', Live.Services.First(candidate => candidate.Name == service).Versions.Select(version => $"{version.Name}={version.Weight}"));

    /// <summary>The journal's decisions, oldest first: <c>started by admin: operator: stable=9 canary=1 -&gt; stable=9 canary=1</c>.</summary>
    public string[] Decisions => [.. Target.Journal("s", 1000)!.Reverse().Select(Text)];

    /// <summary>Writes the file: the keys of the service <c>s</c>, and other services as they are.</summary>
    public void Write(string service, string others = "")
    {
        string keys = Fill(service).ReplaceLineEndings("\n    ");
        // An origin of this process is there, however late a thread comes to see it.
        string listeners = string.Join(", ", MorePorts.Prepend(Port).Select(port => $"{{ address: \"127.0.0.1:{port}\", service: s }}"));
        _folder.Write("fastcanary.yaml", $"{_head}listeners: [ {listeners} ]\nservices:\n  s:\n    timeouts: {{ connect: 20s }}\n    {keys}\n{Fill(others)}");
    }

    /// <summary>Writes the file and reloads; the reload has to succeed.</summary>
    public void Reload(string service, string others = "", string cause = "test")
    {
        Write(service, others);
        ReloadResult result = Control.Reload(cause);
        Assert.Equal("", string.Join('\n', result.Errors));
    }

    /// <summary>Starts, with what is in the folder.</summary>
    public void Start()
    {
        var errors = new List<ConfigError>();
        Eventually.Holds(() => TryStart(errors), "the address is free");
        Assert.Equal("", string.Join('\n', errors));
    }

    /// <summary>Ends the process as a kill does: nothing that the engine would save at its end is saved.</summary>
    public void Kill()
    {
        string kept = _folder.File("kept");
        CopyState(kept);
        Stop();
        PutState(kept);
    }

    /// <summary>A copy of the state's folder as it is now.</summary>
    public void CopyState(string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(StatePath).Where(file => Path.GetFileName(file) != FolderLock.Name)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Puts a copy in place.</summary>
    public void PutState(string from)
    {
        Directory.Delete(StatePath, recursive: true);
        Directory.Move(from, StatePath);
    }

    public string Folder(string name) => _folder.File(name);

    public void Stop()
    {
        _client?.Dispose();
        _client = null;
        _control?.Dispose();
        _control = null;
    }

    public void Restart()
    {
        Stop();
        Start();
    }

    /// <summary>Lets a second pass, and with it a look.</summary>
    public void Second(int count = 1)
    {
        for (int i = 0; i < count; i++) Clock.Advance(TimeSpan.FromSeconds(1));
    }

    public ChangeResult Command(RolloutVerb verb, bool full = false) => Target.Command("s", verb, full, Actor);

    public void Do(RolloutVerb verb, bool full = false) => Assert.Equal(ChangeResult.Done, Command(verb, full));

    public ChangeResult SetWeights(params (string Version, int Weight)[] weights) => Target.SetWeights("s", weights.ToDictionary(pair => pair.Version, pair => pair.Weight, StringComparer.Ordinal), Actor);

    /// <summary>Sends requests one behind the other on one connection, and returns when they are answered and counted.</summary>
    public void Ask(int count)
    {
        if (_client is null)
        {
            _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000 };
            _client.Connect(IPAddress.Loopback, Port);
        }

        long before = Counted();
        byte[] requests = new byte[Request.Length * count];
        for (int i = 0; i < count; i++) Request.CopyTo(requests, i * Request.Length);
        _client.Send(requests);
        var heads = new HeadCounter();
        for (int answered = 0; answered < count;)
        {
            int read = _client.Receive(_input);
            Assert.True(read > 0, $"the connection ended after {answered} answers");
            answered += heads.Count(_input.AsSpan(0, read));
        }

        var spin = default(SpinWait);
        for (long until = Environment.TickCount64 + 20_000; Counted() < before + count; spin.SpinOnce())
            Assert.True(Environment.TickCount64 < until, $"{Counted() - before} of {count} requests are counted");
        // A loop that has counted a request goes on to count its failure, its latency and its evidence.
        Control.Data.OnEachLoop(static () => 0);
    }

    /// <summary>What was counted of a version.</summary>
    public VersionTotals Totals(string version)
    {
        var totals = new VersionTotals();
        Control.Data.Read(Live.Services[0].Versions.First(candidate => candidate.Name == version), totals);
        return totals;
    }

    /// <summary>What keeps the journal's chain from being whole.</summary>
    public string? JournalFault() => JournalCheck.Run([StatePath]).Fault?.ToString();

    /// <summary>Decides again what the journal holds: the same has to come out.</summary>
    public void AssertReplays()
    {
        var records = new List<ReplayRecord>();
        JournalCheck.Run([StatePath], entry =>
        {
            if (entry.Service == "s") records.Add(new ReplayRecord(entry.N, entry.Kind, entry.Body));
        });
        Assert.All(RolloutReplay.Run(records, plan: null), decision => Assert.True(decision.IsSame, $"{decision.N}: {decision.Recorded} {decision.Replayed}"));
    }

    public void Dispose()
    {
        Stop();
        foreach (CountingOrigin origin in _origins) origin.Dispose();
        _folder.Dispose();
    }

    // A process that another test starts holds copies of this one's sockets until it has become what it is to be: a closed listener may live on for a moment.
    private bool TryStart(List<ConfigError> errors)
    {
        try
        {
            _control = ControlPlane.Start(ConfigPath, Log, errors, level: null, Clock, Disk);
            return true;
        }
        catch (TransportException e) when (e.Message.Contains("in use", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private long Counted()
    {
        long sum = 0;
        foreach (VersionModel version in Live.Services[0].Versions)
        {
            Control.Data.Read(version, _totals);
            sum += _totals.Requests;
        }

        return sum;
    }

    private string Fill(string text)
    {
        for (int i = 0; i < _origins.Length; i++) text = text.Replace($"${i}", $"127.0.0.1:{_origins[i].Port}", StringComparison.Ordinal);
        return text;
    }

    private static string Text(ReadOnlyMemory<byte> line)
    {
        using var entry = System.Text.Json.JsonDocument.Parse(line);
        System.Text.Json.JsonElement body = entry.RootElement.GetProperty("body");
        Assert.Equal(entry.RootElement.GetProperty("n").GetInt64(), body.GetProperty("id").GetInt64());
        return $"{body.GetProperty("kind")} by {body.GetProperty("actor")}: {Weights(body.GetProperty("from"))} -> {Weights(body.GetProperty("to"))}";
    }

    private static string Weights(System.Text.Json.JsonElement weights) => string.Join(' ', weights.EnumerateObject().Select(weight => $"{weight.Name}={weight.Value}"));
}
