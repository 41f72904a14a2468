using System.Collections.Concurrent;
using System.Net;
using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Health;

/// <summary>When endpoints are checked, and what is made of it.</summary>
public sealed class HealthCheckerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private static readonly HealthModel Model = new() { Path = "/health", Interval = Interval, JitterBasisPoints = 0 };

    private readonly StateTable _states = new();
    private readonly ManualClock _clock = new();
    private readonly KeptLog _log = new();
    private readonly ConcurrentQueue<(string Endpoint, bool IsDown)> _told = new();
    private readonly ScriptedOrigin _origin;
    private HealthChecker _checker;
    private volatile int _status = 200;

    public HealthCheckerTests()
    {
        _origin = ScriptedOrigin.Answering(_ => $"HTTP/1.1 {_status} X\r\nContent-Length: 0\r\n\r\n");
        _checker = Checker();
    }

    public void Dispose()
    {
        _checker.Dispose();
        _origin.Dispose();
    }

    [Fact]
    public void An_endpoint_counts_as_up_before_it_is_checked()
    {
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        EndpointModel endpoint = Endpoint(silent.Port);
        _checker.Apply([new(endpoint, Model)]);
        Assert.Equal(new EndpointHealth(Up: true, "", LastCheck: null, 0, 0), _checker.HealthOf(endpoint.State));
        Assert.Empty(_told);
    }

    [Fact]
    public void A_first_check_that_fails_takes_the_endpoint_down()
    {
        _status = 503;
        EndpointModel endpoint = Begin();
        Assert.Equal(new EndpointHealth(Up: false, "status 503", _clock.GetUtcNow(), 0, 1), _checker.HealthOf(endpoint.State));
        Assert.Equal([(endpoint.Name, true)], _told);
    }

    [Fact]
    public void A_first_check_that_passes_tells_nothing()
    {
        EndpointModel endpoint = Begin();
        Assert.Equal(new EndpointHealth(Up: true, "status 200", _clock.GetUtcNow(), 1, 0), _checker.HealthOf(endpoint.State));
        Assert.Empty(_told);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void After_the_first_so_many_checks_in_a_row_decide_as_rise_and_fall_say()
    {
        EndpointModel endpoint = Begin();
        foreach ((int status, bool up) in new[] { (500, true), (500, true), (200, true), (500, true), (500, true), (500, false), (500, false), (200, false), (500, false), (200, false), (200, true), (500, true) })
        {
            _status = status;
            NextCheck(endpoint);
            Assert.Equal(up, _checker.HealthOf(endpoint.State)!.Up);
        }

        Assert.Equal([(endpoint.Name, true), (endpoint.Name, false)], _told);
        Assert.Equal(
            [
                $"100 Warning endpoint s/v/{endpoint.Name}: down: status 500 (3 checks in a row)",
                $"101 Information endpoint s/v/{endpoint.Name}: up: status 200 (2 checks in a row)",
            ],
            _log.Lines);
    }

    [Fact]
    public void A_reload_that_changes_nothing_about_an_endpoint_keeps_what_is_known_of_it()
    {
        EndpointModel endpoint = Begin();
        _status = 500;
        NextCheck(endpoint);
        NextCheck(endpoint);
        EndpointHealth? before = _checker.HealthOf(endpoint.State);
        _checker.Apply([new(Endpoint(_origin.Port), Model with { Statuses = StatusSet.Of(200) })]);
        Assert.Equal(before, _checker.HealthOf(endpoint.State));
        NextCheck(endpoint);
        Assert.Equal([(endpoint.Name, true)], _told);
    }

    [Fact]
    public void An_endpoint_whose_name_stands_for_another_address_is_checked_there()
    {
        EndpointModel endpoint = Begin();
        using var elsewhere = ScriptedOrigin.Answering("");
        _checker.Apply([new(Endpoint(_origin.Port, elsewhere.Port), Model)]);
        NextCheck(endpoint);
        Assert.Equal(1, elsewhere.Accepted);
        Assert.Equal(2, _checker.HealthOf(endpoint.State)!.ConsecutiveSuccesses);
    }

    [Fact]
    public void Another_way_of_checking_keeps_the_verdict_and_begins_to_count_anew()
    {
        EndpointModel endpoint = Begin();
        _status = 500;
        NextCheck(endpoint);
        NextCheck(endpoint);
        // It waits for its next check, and goes on with none of its own after the reload.
        _clock.WaitForTimer(Interval);
        _checker.Apply([new(endpoint, Model with { Path = "/other" })]);
        Eventually.Holds(() => _checker.HealthOf(endpoint.State)!.ConsecutiveFailures == 1, "the first check of the new way");
        NextCheck(endpoint);
        Assert.True(_checker.HealthOf(endpoint.State)!.Up);
        NextCheck(endpoint);
        Assert.False(_checker.HealthOf(endpoint.State)!.Up);
    }

    [Fact]
    public void The_result_of_a_check_that_is_not_wanted_any_more_counts_for_nothing()
    {
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        EndpointModel endpoint = Endpoint(silent.Port);
        _checker.Apply([new(endpoint, Model)]);
        Eventually.Holds(() => silent.Accepted == 1, "a check");
        _checker.Apply([]);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_checker.HealthOf(endpoint.State));
        Assert.Empty(_told);
        Assert.Equal(1, silent.Accepted);
    }

    [Fact]
    public void An_endpoint_that_is_not_checked_any_more_counts_as_up_and_is_another_one_when_it_comes_back()
    {
        _status = 500;
        EndpointModel endpoint = Begin();
        _checker.Apply([]);
        Assert.Equal([(endpoint.Name, true), (endpoint.Name, false)], _told);
        int checks = _origin.Accepted;
        _clock.Advance(Interval * 3);
        Assert.Equal(checks, _origin.Accepted);
        Begin();
        Assert.Equal([(endpoint.Name, true), (endpoint.Name, false), (endpoint.Name, true)], _told);
    }

    [Fact]
    public void First_checks_are_spread_over_the_interval()
    {
        _checker.Apply([.. Enumerable.Range(0, 4).Select(i => new HealthTarget(Endpoint(_origin.Port, version: $"v{i}"), Model))]);
        // The first one has been checked, and waits for its next check.
        Eventually.Holds(() => _clock.Due().Select(static due => due.TotalSeconds).SequenceEqual([0.5, 1, 1.5, 2]), () => string.Join(", ", _clock.Due()));
    }

    [Theory]
    [InlineData(0.0, 1.8)]
    [InlineData(0.5, 2.0)]
    [InlineData(0.75, 2.1)]
    public void Jitter_makes_an_interval_longer_or_shorter(double drawn, double seconds)
    {
        _checker.Dispose();
        _checker = Checker(random: () => drawn);
        _checker.Apply([new(Endpoint(_origin.Port), Model with { JitterBasisPoints = 1000 })]);
        _clock.WaitForTimer(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void A_slow_check_delays_no_other()
    {
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        EndpointModel slow = Endpoint(silent.Port, version: "slow");
        EndpointModel quick = Endpoint(_origin.Port, version: "quick");
        HealthModel patient = Model with { Timeout = TimeSpan.FromHours(1) };
        _checker.Apply([new(slow, patient)]);
        Eventually.Holds(() => silent.Accepted == 1, "the slow check");
        _checker.Apply([new(slow, patient), new(quick, Model)]);
        Eventually.Holds(() => _checker.HealthOf(quick.State)!.LastCheck is not null, "the quick check");
        for (int i = 0; i < 5; i++) NextCheck(quick);
        Assert.Equal(1, silent.Accepted);
    }

    [Fact]
    public void No_more_checks_run_at_a_time_than_may_and_the_others_follow()
    {
        _checker.Dispose();
        _checker = Checker(concurrentChecksMax: 2);
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        EndpointModel[] endpoints = [.. Enumerable.Range(0, 3).Select(i => Endpoint(silent.Port, version: $"v{i}"))];
        _checker.Apply([.. endpoints.Select(endpoint => new HealthTarget(endpoint, Model with { Interval = TimeSpan.FromMilliseconds(3), Timeout = TimeSpan.FromMilliseconds(3) }))]);
        Eventually.Holds(() => _clock.Due().Length == 3, "two that wait for their turn");
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Eventually.Holds(() => silent.Accepted == 2, "two checks");
        // The first one's time is over: the third one gets its place.
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Eventually.Holds(() => silent.Accepted == 3, "the third check");
    }

    [Fact]
    public void Nothing_is_told_after_the_end()
    {
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        _checker.Apply([new(Endpoint(silent.Port), Model)]);
        Eventually.Holds(() => silent.Accepted == 1, "a check");
        _checker.Dispose();
        _clock.Advance(Interval);
        _checker.Apply([new(Endpoint(_origin.Port, version: "late"), Model)]);
        _clock.Advance(Interval);
        Assert.Empty(_told);
        Assert.Equal(0, _origin.Accepted);
    }

    private HealthChecker Checker(int concurrentChecksMax = HealthChecker.ConcurrentChecksMax, Func<double>? random = null) =>
        new((endpoint, isDown) => _told.Enqueue((endpoint.Name, isDown)), _log, _clock, concurrentChecksMax, random);

    private EndpointModel Endpoint(int namePort, int? port = null, string version = "v") => new()
    {
        Name = $"127.0.0.1:{namePort}",
        Address = new IPEndPoint(IPAddress.Loopback, port ?? namePort),
        Weight = 1,
        State = _states.Endpoint("s", version, $"127.0.0.1:{namePort}"),
    };

    private EndpointModel Begin()
    {
        EndpointModel endpoint = Endpoint(_origin.Port);
        _checker.Apply([new(endpoint, Model)]);
        Eventually.Holds(() => _checker.HealthOf(endpoint.State)!.LastCheck is not null, "the first check");
        return endpoint;
    }

    private void NextCheck(EndpointModel endpoint)
    {
        _clock.WaitForTimer(Interval);
        DateTimeOffset? before = _checker.HealthOf(endpoint.State)!.LastCheck;
        _clock.Advance(Interval);
        Eventually.Holds(() => _checker.HealthOf(endpoint.State)!.LastCheck > before, "the next check");
    }
}
