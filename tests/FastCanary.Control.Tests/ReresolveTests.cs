using System.Net;
using System.Net.Sockets;
using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

/// <summary>Names of endpoints that stand for other addresses while the program runs.</summary>
public class ReresolveTests
{
    private readonly Dictionary<string, string[]> _dns = new() { ["one.example"] = ["192.0.2.1"], ["two.example"] = ["192.0.2.2"] };
    private readonly List<Snapshot> _applied = [];
    private readonly List<ConfigWarning> _warnings = [];
    private readonly List<string> _asked = [];
    private readonly ManualClock _clock = new();
    private readonly ConfigReloader _reloader;
    private Action? _whileResolving;
    private string _interval = "10s";

    public ReresolveTests()
    {
        _reloader = new ConfigReloader(() => Sample.Parse(Text()), new SnapshotCompiler(new StateTable(), Resolve, clock: _clock), (_, snapshot, _) => _applied.Add(snapshot), _applied.Add);
        Assert.True(_reloader.Reload("start").Applied);
        _asked.Clear();
    }

    [Fact]
    public void Before_its_interval_has_passed_no_name_is_asked_for()
    {
        _dns["one.example"] = ["192.0.2.9"];
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Null(_reloader.Reresolve(_warnings));
        Assert.Empty(_asked);
        Assert.Single(_applied);
    }

    [Fact]
    public void A_name_that_stands_for_another_address_is_applied_and_its_endpoint_stays_itself()
    {
        EndpointState state = Endpoint("one.example").State;
        _dns["one.example"] = ["192.0.2.9"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        Snapshot? applied = _reloader.Reresolve(_warnings);
        Assert.Same(_applied[^1], applied);
        Assert.Equal(2, _applied.Count);
        Assert.Equal("192.0.2.9:80", Endpoint("one.example").Address.ToString());
        Assert.Equal("192.0.2.2:80", Endpoint("two.example").Address.ToString());
        Assert.Same(state, Endpoint("one.example").State);
        Assert.Empty(_warnings);
        Assert.Equal(["one.example", "two.example"], _asked.Order());
        // It is what is in force now: nothing has changed since.
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_reloader.Reresolve(_warnings));
        Assert.Equal(2, _applied.Count);
    }

    [Fact]
    public void An_address_that_is_still_among_the_answers_stays_whatever_their_order()
    {
        _dns["one.example"] = ["192.0.2.0", "192.0.2.1", "192.0.2.9"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_reloader.Reresolve(_warnings));
        Assert.Single(_applied);
    }

    [Fact]
    public void A_name_that_cannot_be_resolved_keeps_its_address_with_a_warning_and_the_others_change()
    {
        _dns.Remove("one.example");
        _dns["two.example"] = ["192.0.2.8"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(_reloader.Reresolve(_warnings));
        Assert.Equal("192.0.2.1:80", Endpoint("one.example").Address.ToString());
        Assert.Equal("192.0.2.8:80", Endpoint("two.example").Address.ToString());
        ConfigWarning warning = Assert.Single(_warnings);
        Assert.Contains("one.example", warning.ToString(), StringComparison.Ordinal);
        Assert.Contains("192.0.2.1 stays in use", warning.ToString(), StringComparison.Ordinal);
        // When it is back, it is found.
        _dns["one.example"] = ["192.0.2.7"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(_reloader.Reresolve(_warnings));
        Assert.Equal("192.0.2.7:80", Endpoint("one.example").Address.ToString());
    }

    [Fact]
    public void A_reload_that_comes_between_wins()
    {
        _dns["one.example"] = ["192.0.2.9"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        _whileResolving = () =>
        {
            _whileResolving = null;
            _interval = "20s";
            Assert.True(_reloader.Reload("SIGHUP").Applied);
        };
        Assert.Null(_reloader.Reresolve(_warnings));
        Assert.Equal(2, _applied.Count);
        // The reload itself has asked for every name.
        Assert.Equal("192.0.2.9:80", Endpoint("one.example").Address.ToString());
    }

    [Fact]
    public void A_reload_that_failed_meanwhile_changes_nothing()
    {
        _dns["one.example"] = ["192.0.2.9"];
        _clock.Advance(TimeSpan.FromSeconds(10));
        _whileResolving = () =>
        {
            _whileResolving = null;
            _interval = "nonsense";
            Assert.False(_reloader.Reload("SIGHUP").Applied);
        };
        Assert.NotNull(_reloader.Reresolve(_warnings));
        Assert.Equal("192.0.2.9:80", Endpoint("one.example").Address.ToString());
    }

    private EndpointModel Endpoint(string host) => _applied[^1].Endpoints.Single(endpoint => endpoint.Name == $"{host}:80");

    private string Text() => $$"""
        {{Sample.Listeners}}services:
          s:
            dns: { interval: {{_interval}} }
            versions: { v: { endpoints: ["one.example:80", "two.example:80", "127.0.0.1:1"] } }

        """;

    private IPAddress[] Resolve(string name)
    {
        _asked.Add(name);
        _whileResolving?.Invoke();
        return _dns.TryGetValue(name, out string[]? addresses) ? [.. addresses.Select(IPAddress.Parse)] : throw new SocketException((int)SocketError.HostNotFound);
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
