using System.Net;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;
using FastCanary.LoadTests.Tests.Support;

namespace FastCanary.LoadTests.Tests.Exchanges;

public sealed class TcpTests : IDisposable
{
    private const int Length = 200_000;
    private const int InContent = 1000;
    private const int InGreeting = 3;

    private static readonly VersionNames Versions = new("stable", "canary");

    private readonly TcpEchoOrigin _origin = new("canary", new IPEndPoint(IPAddress.Loopback, 0));

    public static TheoryData<string, RelayFault, bool, int, string[]> Faults => new()
    {
        { "Echo", RelayFault.Flip, true, InContent, [Failures.Content] },
        { "Echo", RelayFault.Flip, false, InContent, [Failures.Content] },
        { "Echo", RelayFault.Lose, true, InContent, [Failures.Content] },
        { "Echo", RelayFault.Double, false, InContent, [Failures.Content] },
        { "Echo", RelayFault.Truncate, true, InContent, [Failures.Closed, Failures.Reset] },
        { "Echo", RelayFault.Truncate, false, InContent, [Failures.Closed, Failures.Reset] },
        { "Echo", RelayFault.Truncate, false, Length + 6, [Failures.Closed, Failures.Reset] },
        { "Echo", RelayFault.Reset, false, InContent, [Failures.Reset] },
        { "Echo", RelayFault.KeepOpen, true, 0, [Failures.TimeOut] },
        { "Echo", RelayFault.KeepOpen, false, 0, [Failures.TimeOut] },
        { "LateEcho", RelayFault.Flip, true, InContent, [Failures.Content] },
        { "LateEcho", RelayFault.KeepOpen, true, 0, [Failures.TimeOut] },
        { "LateEcho", RelayFault.CloseBoth, true, 0, [Failures.Closed, Failures.Reset] },
        { "Sink", RelayFault.Flip, true, InContent, [Failures.Content] },
        { "Sink", RelayFault.Lose, true, InContent, [Failures.Content] },
        { "Sink", RelayFault.Truncate, true, InContent, [Failures.Content, Failures.Reset] },
        { "Sink", RelayFault.KeepOpen, true, 0, [Failures.TimeOut] },
        { "Sink", RelayFault.KeepOpen, false, 0, [Failures.TimeOut] },
        { "Sink", RelayFault.CloseBoth, false, 0, [Failures.Content, Failures.Reset] },
        { "Echo", RelayFault.Flip, false, InGreeting, [Failures.Malformed] },
        { "Echo", RelayFault.Truncate, false, InGreeting, [Failures.Closed] },
    };

    public void Dispose() => _origin.Dispose();

    [Theory]
    [InlineData("Echo")]
    [InlineData("LateEcho")]
    [InlineData("Sink")]
    public async Task Content_goes_through_with_both_ends(string kind)
    {
        using var relay = new Relay(_origin.Address, RelayFault.None, isUpstream: true);
        foreach (IPEndPoint address in (IPEndPoint[])[_origin.Address, relay.Address])
        {
            foreach (int bytes in (int[])[0, 1, 65_536, Length])
            {
                using TcpPeer peer = await TcpPeer.ConnectAsync(address, Versions, TestContext.Current.CancellationToken);
                StepOutcome outcome = await TcpScenario.PlayAsync(peer, _origin, new TcpOrder(Enum.Parse<TcpOrderKind>(kind), bytes, bytes), TestContext.Current.CancellationToken);
                Assert.Equal(StepOutcome.Success(kind == "Sink" ? bytes : 2 * bytes, version: 1), outcome);
            }
        }

        Assert.Equal((8, 0), (_origin.Accepted, _origin.Broken));
        _origin.ThrowFault();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_a_broken_relay_does_is_a_failure(string kind, RelayFault fault, bool isUpstream, int at, string[] failures)
    {
        using var relay = new Relay(_origin.Address, fault, isUpstream, at);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(failures.Contains(Failures.TimeOut) ? 1.5 : 30));
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using TcpPeer peer = await TcpPeer.ConnectAsync(relay.Address, Versions, limit.Token);
            await TcpScenario.PlayAsync(peer, _origin, new TcpOrder(Enum.Parse<TcpOrderKind>(kind), 1, Length), limit.Token);
        });
        Assert.Contains(Failures.Of(thrown), failures);
        _origin.ThrowFault();
    }

    [Fact]
    public async Task A_connection_that_lasts_carries_one_content_after_another()
    {
        using TcpPeer peer = await TcpPeer.ConnectAsync(_origin.Address, Versions, TestContext.Current.CancellationToken);
        await peer.OrderAsync(new TcpOrder(TcpOrderKind.Echo, 0, 0), TestContext.Current.CancellationToken);
        // Begun together, they take turns.
        await Task.WhenAll(Enumerable.Range(1, 20).Select(number => peer.ExchangeAsync(number, number * 1000, TestContext.Current.CancellationToken)));
        await peer.ExchangeLastAsync(21, 5, TestContext.Current.CancellationToken);
        Assert.Equal(1, _origin.Accepted);
    }

    [Fact]
    public async Task A_reset_is_seen_by_the_endpoint()
    {
        using var relay = new Relay(_origin.Address, RelayFault.Reset, isUpstream: true, InContent);
        using TcpPeer peer = await TcpPeer.ConnectAsync(relay.Address, Versions, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => TcpScenario.PlayAsync(peer, _origin, new TcpOrder(TcpOrderKind.Echo, 1, Length), TestContext.Current.CancellationToken));
        Assert.True(SpinWait.SpinUntil(() => _origin.Broken == 1, TimeSpan.FromSeconds(30)));
    }
}
