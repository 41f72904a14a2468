using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.Transport.Conformance;

/// <summary>Accepting: limits, drains, and loops that share an address.</summary>
public sealed class ListenerTests
{
    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(Real))]
    public void An_address_in_use_is_said_so(string transport)
    {
        using var under = Transports.CreateReal(transport);
        var backend = Transports.Backend(transport);
        var error = Assert.Throws<TransportException>(() => backend.Probe(under.Address));
        Assert.Equal($"cannot listen on {under.Address}: the address is in use; stop the program that holds it (ss -ltnp shows it) or choose another port", error.Message);
        var foreign = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80);
        error = Assert.Throws<TransportException>(() => backend.Probe(foreign));
        Assert.Equal($"cannot listen on {foreign}: this machine has no such address", error.Message);
        error = Assert.Throws<TransportException>(() => under.Loop.Listen(foreign, new ConnectionLimit(), static _ => { }));
        Assert.Contains("no such address", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_reserved_address_is_taken_and_serves_who_came_before_its_listeners(string transport)
    {
        using var under = Transports.CreateReal(transport);
        var backend = Transports.Backend(transport);
        using var other = backend.CreateLoop("other", 1 << 20);
        other.Start();
        var address = RealTransportUnderTest.FreeAddress(backend);
        var accepted = new ConcurrentBag<Connection>();
        using (backend.Reserve(address, 2))
        {
            var error = Assert.Throws<TransportException>(() => backend.Probe(address));
            Assert.Contains("the address is in use", error.Message, StringComparison.Ordinal);
            Connect(20);
            under.Loop.Listen(address, new ConnectionLimit(), accepted.Add);
            other.Listen(address, new ConnectionLimit(), accepted.Add);
            under.Until(() => accepted.Count == 20);
        }

        Connect(20);
        under.Until(() => accepted.Count == 40);
        other.Stop();

        void Connect(int count)
        {
            for (var i = 0; i < count; i++) under.ConnectPeer(address);
        }
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void An_address_that_is_given_back_is_free(string transport)
    {
        using var under = Transports.CreateReal(transport);
        var backend = Transports.Backend(transport);
        var address = RealTransportUnderTest.FreeAddress(backend);
        backend.Reserve(address, 2).Dispose();
        Assert.Throws<SocketException>(() => under.ConnectPeer(address));
        backend.Probe(address);
        // Where not all that was reserved is taken, what was taken stays.
        using var accepted = new BlockingCollection<Connection>();
        using (backend.Reserve(address, 2)) under.Loop.Listen(address, new ConnectionLimit(), accepted.Add);
        for (var i = 0; i < 20; i++)
        {
            under.ConnectPeer(address);
            Assert.True(accepted.TryTake(out _, RealTransportUnderTest.PatienceMs));
        }

        var foreign = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80);
        var error = Assert.Throws<TransportException>(() => backend.Reserve(foreign, 1));
        Assert.Equal($"cannot listen on {foreign}: this machine has no such address", error.Message);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Peers_of_both_families_are_named(string transport)
    {
        using var under = Transports.CreateReal(transport);
        var address = new IPEndPoint(IPAddress.IPv6Any, RealTransportUnderTest.FreeAddress(Transports.Backend(transport)).Port);
        using var accepted = new BlockingCollection<Connection>();
        under.Loop.Listen(address, new ConnectionLimit(), accepted.Add);
        foreach (var loopback in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            using var peer = new Socket(loopback.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            peer.Connect(loopback, address.Port);
            var local = (IPEndPoint)peer.LocalEndPoint!;
            Assert.True(accepted.TryTake(out var connection, RealTransportUnderTest.PatienceMs));
            Assert.Equal(new PeerAddress(loopback.GetAddressBytes(), local.Port), connection.Peer);
        }
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_connection_over_the_limit_waits_for_room(string transport)
    {
        using var under = Transports.CreateReal(transport);
        under.Limit.CountMax = 1;
        var (_, first) = under.Accepted();
        under.ConnectPeer();
        Assert.False(under.HasAccepted(300));
        Assert.Equal(1, under.Limit.Open);
        under.Call(first.Close);
        under.TakeAccepted();
        Assert.Equal(1, under.Limit.Open);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Draining_serves_what_waits_in_the_backlog_and_ends_idle_connections(string transport)
    {
        using var under = Transports.CreateReal(transport);
        var (_, idle) = under.Accepted();
        under.Call(() => idle.IsIdle = true);
        var cancelled = under.Begin(async () => (await idle.Input.ReceiveAsync()).IsCanceled);
        under.Until(() => idle.Input.IsWaiting);
        var peers = new List<Peer>();
        under.Call(() =>
        {
            // The loop accepts nothing while this runs.
            for (var i = 0; i < 100; i++) peers.Add(under.ConnectPeer());
            under.Listener.Drain();
        });
        for (var i = 0; i < peers.Count; i++) under.TakeAccepted();
        Assert.True(under.Listener.IsDraining);
        Assert.True(cancelled.Get());
        Assert.Throws<SocketException>(under.ConnectPeer);
        // And each of them works.
        peers[^1].Send("hello"u8);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_drained_address_can_be_listened_on_again(string transport)
    {
        using var under = Transports.CreateReal(transport);
        // One that this side closes first: its port rests.
        var (peer, connection) = under.Accepted();
        under.Call(connection.Close);
        Assert.Empty(peer.ReceiveToEnd());
        peer.Close();
        using var accepted = new BlockingCollection<Connection>();
        for (var i = 0; i < 20; i++)
        {
            under.Call(under.Listener.Drain);
            Transports.Backend(transport).Probe(under.Address);
            var listener = under.Loop.Listen(under.Address, new ConnectionLimit(), accepted.Add);
            under.ConnectPeer();
            Assert.True(accepted.TryTake(out var next, RealTransportUnderTest.PatienceMs));
            Assert.Same(listener, under.Call(() => next.AcceptedFrom));
            under.Call(listener.Drain);
        }
    }

    /// <summary>
    /// A reload that changes a listener: the new one opens beside the old one, which then drains. Of sockets alone: where each listener has a socket of
    /// its own, Linux resets what arrives at the old one between its last accept and its close (net.ipv4.tcp_migrate_req changes that).
    /// </summary>
    [Fact]
    public void A_listener_takes_over_an_address_without_a_gap()
    {
        using var under = Transports.CreateReal("sockets");
        using var stop = new ManualResetEventSlim();
        using var accepted = new BlockingCollection<Connection>();
        var connected = 0;
        var refused = 0;
        var client = new Thread(() =>
        {
            while (!stop.IsSet && connected < 2000)
            {
                try
                {
                    under.ConnectPeer();
                    connected++;
                }
                catch (SocketException)
                {
                    refused++;
                }
            }
        });
        client.Start();
        var listener = under.Listener;
        var limits = new List<ConnectionLimit>();
        for (var i = 0; i < 20; i++)
        {
            limits.Add(new ConnectionLimit());
            var next = under.Loop.Listen(under.Address, limits[^1], accepted.Add);
            under.Call(listener.Drain);
            listener = next;
        }

        stop.Set();
        client.Join();
        Assert.Equal(0, refused);
        under.Until(() => under.Loop.ConnectionCount == connected);
        Assert.Equal(connected, under.Limit.Open + limits.Sum(limit => limit.Open));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_loop_with_many_connections_hands_fresh_ones_to_one_with_fewer(string transport)
    {
        const int Count = 100;
        using var under = Transports.CreateReal(transport);
        using var other = Transports.Backend(transport).CreateLoop("other", 1 << 20);
        other.Start();
        var accepted = new ConcurrentBag<Connection>();
        var address = RealTransportUnderTest.FreeAddress(Transports.Backend(transport));
        var limit = new ConnectionLimit();
        EventLoop[] loops = [under.Loop, other];
        Listener[] listeners = [under.Loop.Listen(address, limit, Accept), other.Listen(address, limit, Accept)];
        listeners[0].Siblings = [listeners[1]];
        listeners[1].Siblings = [listeners[0]];
        for (var i = 0; i < Count; i++)
        {
            under.ConnectPeer(address);
            SpinWait.SpinUntil(() => accepted.Count == i + 1, RealTransportUnderTest.PatienceMs);
        }

        Assert.Equal(Count, accepted.Count);
        Assert.Equal(Count, limit.Open);
        // A small imbalance is cheaper than handing over.
        Assert.InRange(Math.Abs(listeners[0].Connections - listeners[1].Connections), 0, 20);
        for (var i = 0; i < loops.Length; i++)
        {
            var listener = listeners[i];
            Assert.Equal(listener.Connections, accepted.Count(connection => connection.AcceptedFrom == listener));
            Assert.Equal(listener.Connections, loops[i].Call(() => accepted.Count(connection => connection.AcceptedFrom == listener && connection.Loop.IsCurrent)));
            // Its share given back, a loop gets the next ones, until it has about as many as the other.
            loops[i].Call(() =>
            {
                foreach (var connection in accepted)
                {
                    if (connection.AcceptedFrom == listener) connection.Close();
                }

                return 0;
            });
            Assert.Equal(0, listener.Connections);
            for (var j = 0; j < 10; j++)
            {
                var before = accepted.Count;
                under.ConnectPeer(address);
                SpinWait.SpinUntil(() => accepted.Count == before + 1, RealTransportUnderTest.PatienceMs);
            }

            Assert.InRange(listener.Connections, 5, 10);
        }

        // One that drains leaves the address to the other; with the last one it ends.
        loops[0].Call(() => Drain(listeners[0]));
        under.ConnectPeer(address);
        Assert.True(SpinWait.SpinUntil(() => accepted.Count == Count + 21, RealTransportUnderTest.PatienceMs));
        loops[1].Call(() => Drain(listeners[1]));
        Assert.Throws<SocketException>(() => under.ConnectPeer(address));
        other.Stop();

        void Accept(Connection connection) => accepted.Add(connection);

        static int Drain(Listener listener)
        {
            listener.Drain();
            return 0;
        }
    }
}
