using System.Net;
using System.Net.Sockets;

namespace FastCanary.Transport.Conformance;

/// <summary>The addresses of a connection's two ends.</summary>
public sealed class AddressTests
{
    private volatile Connection? _held;

    public static TheoryData<string> All => Transports.All;

    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(All))]
    public void An_accepted_connection_is_at_the_address_of_its_listener(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, connection) = under.Accepted();
        Assert.Equal(Of(connection.AcceptedFrom!.Address), under.Call(() => connection.Local));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Behind_a_listener_for_every_address_it_is_at_the_one_that_its_peer_chose(string transport)
    {
        using var under = Transports.CreateReal(transport);
        var port = RealTransportUnderTest.FreeAddress(Transports.Backend(transport)).Port;
        under.Call(() => under.Loop.Listen(new IPEndPoint(IPAddress.IPv6Any, port), new ConnectionLimit(), Hold));
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.Parse("127.0.0.77"), IPAddress.IPv6Loopback])
        {
            using var peer = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            peer.Connect(address, port);
            under.Until(() => _held is not null);
            Assert.Equal(new PeerAddress(address.GetAddressBytes(), port), under.Call(() => _held!.Local));
            _held = null;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_connection_that_this_side_began_has_an_address_of_its_own(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        var local = under.Call(() => connection.Local);
        Assert.NotEqual(default, local);
        Assert.NotEqual(connection.Peer, local);
        if (peer is RealPeer real) Assert.Equal(Of((IPEndPoint)real.Socket.RemoteEndPoint!), local);
        var (_, other) = under.Connected();
        Assert.NotEqual(local, under.Call(() => other.Local));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_keeps_its_address_when_its_peer_has_reset_it_and_has_none_once_it_is_closed(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Reset();
        under.Until(() => connection.PeerGone || connection.PeerFinished);
        Assert.Equal(Of(connection.AcceptedFrom!.Address), under.Call(() => connection.Local));
        under.Call(connection.Close);
        Assert.Equal(default, under.Call(() => connection.Local));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Its_owner_may_name_another_peer(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var named = new PeerAddress([192, 0, 2, 33], 4711);
        under.Call(() => connection.Peer = named);
        Assert.Equal(named, under.Call(() => connection.Peer));
        // The bytes go where they went.
        under.Run(async () => await connection.Output.WriteAsync("hello"u8.ToArray()));
        Assert.Equal("hello"u8, peer.Receive(5));
    }

    private void Hold(Connection connection) => _held = connection;

    private static PeerAddress Of(IPEndPoint address) => new(address.Address.GetAddressBytes(), address.Port);
}
