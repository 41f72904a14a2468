using System.Net;
using System.Net.Sockets;
using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class EndpointNamesTests
{
    private const string Text = """
        listeners: [{ address: 0.0.0.0:80, service: s }]
        services:
          s:
            versions: { v: { endpoints: ["a.test:1", "b.test:2", "192.0.2.9:3"] } }
            dns: { interval: 10s }
          t:
            versions: { v: { endpoints: ["A.test:4"] } }
            dns: { interval: 5s }
        """;

    private readonly Dictionary<string, string[]> _answers = new(StringComparer.OrdinalIgnoreCase) { ["a.test"] = ["192.0.2.1"], ["b.test"] = ["192.0.2.2"] };
    private readonly List<string> _asked = [];
    private readonly List<ConfigWarning> _warnings = [];
    private readonly ManualClock _clock = new();
    private readonly FastCanaryConfig _config = Sample.Config(Text);
    private readonly SnapshotCompiler _compiler;
    private readonly Snapshot _snapshot;
    private Action _whileAsked = () => { };

    public EndpointNamesTests()
    {
        _compiler = new SnapshotCompiler(new StateTable(), Answer, clock: _clock);
        _snapshot = _compiler.Compile(_config, [])!;
        _asked.Clear();
    }

    [Fact]
    public void A_name_is_asked_for_again_when_the_shortest_interval_of_its_services_has_passed()
    {
        Assert.False(Reresolve());
        _clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.False(Reresolve());
        Assert.Empty(_asked);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(Reresolve());
        Assert.Equal(["a.test"], _asked);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(Reresolve());
        Assert.Equal(["a.test", "a.test", "b.test"], _asked);
    }

    [Fact]
    public void Another_address_is_told_and_taken_by_the_next_compile_without_asking_again()
    {
        _answers["a.test"] = ["192.0.2.7"];
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(Reresolve());
        _asked.Clear();
        Snapshot next = _compiler.Recompile(_config, _snapshot, [])!;
        Assert.Empty(_asked);
        Assert.Equal(["192.0.2.7:1", "192.0.2.2:2", "192.0.2.9:3", "192.0.2.7:4"], next.Endpoints.Select(endpoint => endpoint.Address.ToString()));
        Assert.Equal(_snapshot.Endpoints.Select(endpoint => endpoint.State), next.Endpoints.Select(endpoint => endpoint.State));
        Assert.False(_compiler.Reresolve(_config, next, _warnings));
    }

    [Fact]
    public void It_is_told_until_it_is_in_force()
    {
        _answers["a.test"] = ["192.0.2.7"];
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(Reresolve());
        Assert.True(Reresolve());
        Assert.Equal(["a.test"], _asked);
    }

    [Fact]
    public void An_address_is_kept_while_it_is_among_the_answers()
    {
        _answers["a.test"] = ["192.0.2.0", "192.0.2.1"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(Reresolve());
        Assert.Equal("192.0.2.1:1", _compiler.Compile(_config, [])!.Endpoints[0].Address.ToString());
        _answers["a.test"] = ["192.0.2.8", "192.0.2.0"];
        Assert.Equal("192.0.2.0:1", _compiler.Compile(_config, [])!.Endpoints[0].Address.ToString());
    }

    [Fact]
    public void A_name_that_cannot_be_resolved_keeps_its_address_and_is_told_with_its_first_place()
    {
        _answers.Remove("a.test");
        _answers["b.test"] = [];
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(Reresolve());
        string why = new SocketException((int)SocketError.HostNotFound).Message;
        Assert.Equal(
            [
                $"f.yaml:4:34: services.s.versions.v.endpoints[0]: the name \"a.test\" cannot be resolved: {why}; 192.0.2.1 stays in use",
                "f.yaml:4:46: services.s.versions.v.endpoints[1]: the name \"b.test\" cannot be resolved: it has no address; 192.0.2.2 stays in use",
            ],
            _warnings.Select(warning => warning.ToString()));
        Assert.Equal("192.0.2.1:1", _compiler.Recompile(_config, _snapshot, [])!.Endpoints[0].Address.ToString());
    }

    [Fact]
    public void A_name_that_cannot_be_resolved_is_left_alone_for_its_interval()
    {
        _answers.Remove("a.test");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Reresolve();
        Reresolve();
        Assert.Single(_asked);
        Assert.Single(_warnings);
    }

    [Fact]
    public void A_reload_asks_for_every_name_and_refuses_one_that_cannot_be_resolved()
    {
        _answers.Remove("a.test");
        var errors = new List<ConfigError>();
        Assert.Null(_compiler.Compile(_config, errors));
        Assert.Equal(2, errors.Count);
        Assert.Equal(["a.test", "b.test"], _asked);
    }

    [Fact]
    public void Compiling_goes_on_while_a_name_is_resolved()
    {
        Snapshot? compiled = null;
        bool second = true;
        _whileAsked = () =>
        {
            _whileAsked = () => { };
            var beside = new Thread(() =>
            {
                second = Reresolve();
                compiled = _compiler.Recompile(_config, _snapshot, []);
            });
            beside.Start();
            Assert.True(beside.Join(TimeSpan.FromSeconds(30)), "a lock is held while a name is resolved");
        };
        _answers["a.test"] = ["192.0.2.7"];
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(Reresolve());
        Assert.False(second, "two calls at a time");
        Assert.Equal("192.0.2.1:1", compiled!.Endpoints[0].Address.ToString());
        Assert.Equal(["a.test"], _asked);
    }

    [Fact]
    public void A_name_that_is_configured_no_more_is_forgotten()
    {
        FastCanaryConfig without = Sample.Config(Text.Replace("\"b.test:2\", ", ""));
        Assert.NotNull(_compiler.Compile(without, []));
        _answers["b.test"] = ["192.0.2.0", "192.0.2.2"];
        Assert.Equal("192.0.2.0:2", _compiler.Compile(_config, [])!.Endpoints[1].Address.ToString());
    }

    private bool Reresolve() => _compiler.Reresolve(_config, _snapshot, _warnings);

    private IPAddress[] Answer(string name)
    {
        _asked.Add(name);
        _whileAsked();
        return _answers.TryGetValue(name, out string[]? answers) ? [.. answers.Select(IPAddress.Parse)] : throw new SocketException((int)SocketError.HostNotFound);
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
