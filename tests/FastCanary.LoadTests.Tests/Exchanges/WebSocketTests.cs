using System.Net;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Stage;
using FastCanary.LoadTests.Tests.Support;

namespace FastCanary.LoadTests.Tests.Exchanges;

public sealed class WebSocketTests : IDisposable
{
    private const int InContent = 1000;

    private readonly WebSocketOrigin _origin = new(new IPEndPoint(IPAddress.Loopback, 0));

    public static TheoryData<RelayFault, bool> Faults
    {
        get
        {
            var faults = new TheoryData<RelayFault, bool>();
            foreach (RelayFault fault in (RelayFault[])[RelayFault.Flip, RelayFault.Lose, RelayFault.Double, RelayFault.Truncate, RelayFault.Reset])
            {
                faults.Add(fault, true);
                faults.Add(fault, false);
            }

            return faults;
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _origin.Dispose();

    [Fact]
    public async Task Messages_of_every_size_come_back_as_text_and_binary()
    {
        using WebSocketTunnel tunnel = await OpenAsync(_origin.Address);
        long number = 0;
        foreach (bool isText in (bool[])[true, false])
            foreach (long bytes in (long[])[0, 1, 125, 126, 127, 4095, 4096, 4097, 65_535, 65_536, 200_000])
                await tunnel.ExchangeAsync(new WebSocketMessage(number++, bytes, isText), Cancel);
        Assert.False(tunnel.IsBroken);
    }

    [Fact]
    public async Task Messages_that_were_sent_together_come_back_in_order()
    {
        using WebSocketTunnel tunnel = await OpenAsync(_origin.Address);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => tunnel.ExchangeAsync(new WebSocketMessage(number, number * 100, number % 2 == 0), Cancel)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_close_from_either_side_is_answered_with_its_status(bool isHere)
    {
        using var relay = new Relay(_origin.Address, RelayFault.None, isUpstream: true);
        using (WebSocketTunnel tunnel = await OpenAsync(relay.Address))
        {
            await tunnel.ExchangeAsync(new WebSocketMessage(1, 100, isText: true), Cancel);
            if (isHere) await tunnel.CloseAsync(1000, Cancel);
            else await tunnel.LetCloseAsync(4001, Cancel);
            Assert.False(tunnel.IsBroken);
        }

        await _origin.SettleAsync(Cancel);
        Assert.Equal((1, 0), (_origin.ClosedCleanly, _origin.Broken));
        _origin.ThrowFault();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_a_broken_relay_does_to_a_message_is_a_failure(RelayFault fault, bool isUpstream)
    {
        using var relay = new Relay(_origin.Address, fault, isUpstream, InContent);
        // A byte that is flipped is seen; other faults may be a message that never comes.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(fault == RelayFault.Flip ? 30 : 1.5));
        using WebSocketTunnel tunnel = await OpenAsync(relay.Address);
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => tunnel.ExchangeAsync(new WebSocketMessage(1, 100_000, isText: false), limit.Token));
        Assert.NotNull(Failures.Of(thrown));
        if (fault == RelayFault.Flip) Assert.Equal(Failures.Content, Failures.Of(thrown));
        _origin.ThrowFault();
    }

    [Theory]
    [InlineData(RelayFault.Truncate)]
    [InlineData(RelayFault.Reset)]
    public async Task A_tunnel_that_has_broken_says_so_and_fails_every_message_and_its_close(RelayFault fault)
    {
        using var relay = new Relay(_origin.Address, fault, isUpstream: false, InContent);
        using WebSocketTunnel tunnel = await OpenAsync(relay.Address);
        await tunnel.ExchangeAsync(new WebSocketMessage(1, 100, isText: false), Cancel);
        Assert.False(tunnel.IsBroken);
        await Assert.ThrowsAnyAsync<Exception>(() => tunnel.ExchangeAsync(new WebSocketMessage(2, 2000, isText: false), Cancel));
        Assert.True(tunnel.IsBroken);
        await Assert.ThrowsAsync<StepFailedException>(() => tunnel.ExchangeAsync(new WebSocketMessage(3, 1, isText: false), Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => tunnel.CloseAsync(1000, Cancel));
        await _origin.SettleAsync(Cancel);
        Assert.Equal((0, 1), (_origin.ClosedCleanly, _origin.Broken));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", "malformed answer")]
    [InlineData("", "closed before the end")]
    public async Task A_handshake_that_fails_has_a_name(string answer, string kind)
    {
        using var server = new ScriptedServer((socket, _) =>
        {
            ScriptedServer.Send(socket, answer);
            return answer.Length > 0;
        });
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => OpenAsync(server.Address));
        Assert.Equal(kind, Failures.Of(thrown));
    }

    private static async Task<WebSocketTunnel> OpenAsync(IPEndPoint address)
    {
        using HttpMessageInvoker http = Http.To(address);
        return await WebSocketTunnel.OpenAsync(http, "websocket.test", Cancel);
    }
}
