using System.Collections.Immutable;
using System.Net;
using System.Text;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <summary>
/// A data plane of one loop whose service mirrors v0's requests to v1. The user's exchange is either a real one, through the listener, or played on the loop by
/// <see cref="Begin"/> and its like. When it is disposed, nothing that was mirrored may remain.
/// </summary>
public sealed class MirrorWorld : IDisposable
{
    public static readonly MirrorComparison Everything = new()
    {
        Headers = ["content-type", "x-tag"],
        Body = MirrorBodyComparison.Json,
        IgnoredPaths = ["$.time"],
        ResponseBodyBytesMax = 4096,
    };

    private readonly Origin[] _origins;
    private bool _checked;

    /// <param name="options">What a test cares about.</param>
    /// <param name="origins">The users' version and the mirrored one.</param>
    public MirrorWorld(MirrorOptions options, params Origin[] origins)
    {
        _origins = origins;
        Service = Compile(options);
        Plane = new DataPlane(1, TransportBackend.Auto);
        for (var attempt = 0; ; attempt++)
        {
            Port = World.NextPort();
            try
            {
                Plane.Apply(Snapshot());
                return;
            }
            catch (TransportException) when (attempt < 20)
            {
                // Somebody else has the port.
            }
        }
    }

    public DataPlane Plane { get; }

    public ServiceModel Service { get; }

    public int Port { get; }

    public MirrorCounters Counters => Service.Versions[1].State.Mirror;

    internal Worker Worker => Plane.Workers[0];

    public static string Response(string body, string fields = "", int status = 200) => $"HTTP/1.1 {status} Any\r\nContent-Length: {body.Length}\r\n{fields}\r\n{body}";

    /// <summary>Runs on the loop, as a session does.</summary>
    public T OnLoop<T>(Func<T> work) => Worker.Loop.Call(work);

    public void OnLoop(Action work) => Worker.Loop.Call(() =>
    {
        work();
        return 0;
    });

    /// <summary>Begins to mirror a request, given with as much of its body as is there.</summary>
    internal MirrorCopy? Begin(string request) => OnLoop(() =>
    {
        var bytes = Encoding.Latin1.GetBytes(request);
        var head = new RequestHead();
        head.Reset(new HeadLimits(8192, 8192, 100));
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        var written = new byte[16 << 10];
        var length = RequestHeadWriter.Write(head, bytes, new RequestForwarding { ClientAddress = "10.0.0.1"u8 }, written);
        var copy = MirrorCopy.TryBegin(Worker, Service, Service.Mirror!, Service.Versions[0], head, written.AsSpan(0, length));
        if (head.Length < bytes.Length) copy?.AppendRequest(bytes.AsSpan(head.Length));
        return copy;
    });

    /// <summary>Plays the user's response up to what is given.</summary>
    internal void Respond(MirrorCopy copy, string response, FastCanary.Http.HttpMethod method = FastCanary.Http.HttpMethod.Get) => OnLoop(() =>
    {
        var bytes = Encoding.Latin1.GetBytes(response);
        var head = new ResponseHead();
        head.Reset(new HeadLimits(8192, 8192, 100), method, upgradeRequested: false);
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        copy.TakeResponseHead(head, bytes, head.Framing == BodyFraming.Chunked);
        foreach (var piece in bytes[head.Length..].Chunk(1000)) copy.AppendResponse(piece);
    });

    /// <summary>A whole exchange of a user, mirrored.</summary>
    internal void Play(string request, string response)
    {
        var copy = Begin(request)!;
        OnLoop(copy.RequestComplete);
        Respond(copy, response, request.StartsWith("HEAD", StringComparison.Ordinal) ? FastCanary.Http.HttpMethod.Head : FastCanary.Http.HttpMethod.Get);
        OnLoop(() => copy.ResponseComplete(whole: true));
    }

    /// <summary>Waits until this was counted so often, and everything else not at all but for what <paramref name="others"/> says.</summary>
    public void AssertCounts(long mirrored, params (MirrorCount What, long Times)[] others)
    {
        World.Eventually(() => others.All(each => Counters[each.What] >= each.Times) && Counters[MirrorCount.Mirrored] >= mirrored, "the counts: " + Counted());
        Settle();
        foreach (var what in Enum.GetValues<MirrorCount>())
        {
            var expected = what == MirrorCount.Mirrored ? mirrored : others.Where(each => each.What == what).Sum(each => each.Times);
            Assert.True(expected == Counters[what], $"{what}: {Counters[what]}, expected {expected}; all: {Counted()}");
        }
    }

    /// <summary>Waits until nothing is mirrored or compared any more.</summary>
    public void Settle()
    {
        World.Eventually(() => OnLoop(() => Worker.Mirrors.UnderWay) == 0, "nothing is under way");
        World.Eventually(() => Plane.Mirrors.Memory.Held == 0, $"no memory is held ({Plane.Mirrors.Memory.Held}); bug: {Plane.LastBug}");
        World.Eventually(() => Plane.BlocksRented == 0, "no block is held");
        Assert.Null(Plane.LastBug);
    }

    public string Counted() => string.Join(", ", Enum.GetValues<MirrorCount>().Where(what => Counters[what] > 0).Select(what => $"{what} {Counters[what]}"));

    public void Dispose()
    {
        try
        {
            if (_checked) return;
            _checked = true;
            World.Eventually(() => Plane.Sessions == 0, "no session is left");
            Settle();
            foreach (var origin in _origins) Assert.Empty(origin.Errors);
        }
        finally
        {
            Plane.Dispose();
            foreach (var origin in _origins) origin.Dispose();
        }
    }

    /// <summary>Ends the data plane in the middle of things; what is left is looked at by the test.</summary>
    public void DisposeEarly()
    {
        _checked = true;
        Plane.Dispose();
    }

    private ServiceModel Compile(MirrorOptions options)
    {
        var states = new StateTable();
        return new ServiceModel
        {
            Name = "s",
            State = states.Service("s"),
            Versions = [.. new[] { _origins[0].Port, options.DeadMirror ?? _origins[1].Port }.Select((port, i) => new VersionModel
            {
                Name = $"v{i}",
                Index = i,
                Weight = i == 0 ? 1 : 0,
                State = states.Version("s", $"v{i}"),
                Endpoints = [new EndpointModel
                {
                    Name = $"127.0.0.1:{port}",
                    Address = new IPEndPoint(IPAddress.Loopback, port),
                    Weight = 1,
                    State = states.Endpoint("s", $"v{i}", $"127.0.0.1:{port}"),
                }],
            })],
            ExposeVersion = false,
            ConnectTimeoutMs = 10_000,
            ResponseTimeoutMs = options.ResponseTimeoutMs,
            ResponseBodyTimeoutMs = options.ResponseBodyTimeoutMs,
            UpstreamIdleTimeoutMs = 60_000,
            TunnelTimeoutMs = 10_000,
            RequestBodyBytesMax = 0,
            ResponseHeadBytesMax = 8192,
            Mirror = options.IsOn ? new MirrorModel
            {
                VersionIndex = 1,
                Share = SplitTable.OfShare(options.BasisPoints),
                RequestBodyBytesMax = options.RequestBodyBytesMax,
                Comparison = options.Comparison,
            } : null,
        };
    }

    private Snapshot Snapshot()
    {
        var address = $"127.0.0.1:{Port}";
        var listener = new ListenerModel
        {
            State = new StateTable().Listener(address, ListenerProtocol.Http),
            Address = address,
            BindTo = new IPEndPoint(IPAddress.Loopback, Port),
            Protocol = ListenerProtocol.Http,
            RequestHeadTimeoutMs = 10_000,
            RequestBodyTimeoutMs = 10_000,
            IdleTimeoutMs = 60_000,
            RequestHeadBytesMax = 16 << 10,
            RequestLineBytesMax = 8 << 10,
            FieldsMax = 100,
            ConnectionsMax = 0,
            TrustedProxies = NetworkSet.Empty,
            Routes = RouteTable.To(Service),
            TcpService = null,
        };
        return new Snapshot { Listeners = [listener], Services = [Service], Endpoints = [.. Service.Versions.SelectMany(version => version.Endpoints)] };
    }
}

/// <summary>What of a <see cref="MirrorWorld"/> a test cares about.</summary>
public sealed record MirrorOptions
{
    public bool IsOn { get; init; } = true;

    public int BasisPoints { get; init; } = 10_000;

    public MirrorComparison? Comparison { get; init; } = MirrorWorld.Everything;

    public int RequestBodyBytesMax { get; init; } = 4096;

    public int ResponseTimeoutMs { get; init; } = 10_000;

    public int ResponseBodyTimeoutMs { get; init; } = 10_000;

    /// <summary>A port that nothing listens on, instead of the second origin.</summary>
    public int? DeadMirror { get; init; }
}
