using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <summary>PROXY headers that a real HAProxy writes and reads.</summary>
public sealed class ProxyProtocolPeerTests
{
    private readonly int _port = Ports.Free();

    [Theory]
    [InlineData(1, "127.0.0.1", null)]
    [InlineData(1, "::1", null)]
    [InlineData(2, "127.0.0.1", null)]
    [InlineData(2, "::1", null)]
    // HAProxy takes the connection for that of a client of the other family.
    [InlineData(1, "127.0.0.1", "2001:db8::17")]
    [InlineData(2, "127.0.0.1", "2001:db8::17")]
    [InlineData(1, "::1", "192.0.2.33")]
    [InlineData(2, "::1", "192.0.2.33")]
    public void What_haproxy_sends_is_read_and_is_what_is_written_here(int version, string listenOn, string? source)
    {
        var (client, header, received) = Relay(version == 1 ? "send-proxy" : "send-proxy-v2", listenOn, source);
        var destination = Address(IPAddress.Parse(listenOn), _port);
        Assert.Equal(source is null ? Address(client.Address, client.Port) : Address(IPAddress.Parse(source), header.Source.Port), header.Source);
        Assert.Equal(destination, header.Destination);
        var to = new byte[ProxyHeaderWriter.BytesMax];
        var length = version == 1 ? ProxyHeaderWriter.WriteV1(header.Source, destination, to) : ProxyHeaderWriter.WriteV2(header.Source, destination, to);
        Assert.Equal(to[..length], received[..header.Length]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_checksum_of_haproxy_is_verified(string listenOn)
    {
        var (client, header, received) = Relay("send-proxy-v2 proxy-v2-options crc32c", listenOn, source: null);
        Assert.Equal(Address(client.Address, client.Port), header.Source);
        // Without a checksum it would be 7 bytes shorter, and any port would do.
        Assert.Equal(16 + (listenOn == "::1" ? 36 : 12) + 7, header.Length);
        received[header.Length - 8] ^= 1;
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeader.Read(received, out header));
        Assert.Equal(ProxyHeaderFault.BadChecksum, header.Fault);
    }

    [Fact]
    public void A_health_check_of_haproxy_names_nobody()
    {
        using var target = Listen();
        var server = (IPEndPoint)target.LocalEndPoint!;
        using var haproxy = new HAProxyProcess($"""
            listen relay
              mode tcp
              bind 127.0.0.1:{_port}
              option tcp-check
              tcp-check send hello
              server target {server} check inter 100ms send-proxy-v2 check-send-proxy
            """, _port);
        // Only a check says hello; what asked whether HAProxy listens is relayed too, and says nothing behind its header.
        Assert.True(Receive(target).Header.IsLocal);
    }

    [Theory]
    [InlineData("192.0.2.1", 1024, "198.51.100.7", 443)]
    [InlineData("255.255.255.255", 65535, "1.0.0.1", 1)]
    [InlineData("2001:db8::17", 1024, "2001:db8::443", 443)]
    [InlineData("1:2:3:4:5:6:7:8", 9, "fe80::ffff:ffff:ffff:ffff", 65535)]
    [InlineData("192.0.2.1", 1024, "2001:db8::443", 443)]
    [InlineData("2001:db8::17", 1024, "198.51.100.7", 443)]
    public void Haproxy_reads_what_is_written_here(string source, int sourcePort, string destination, int destinationPort)
    {
        using var haproxy = new HAProxyProcess($"""
            frontend echo
              mode http
              bind 127.0.0.1:{_port} accept-proxy
              http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]"
            """, _port);
        var isMixed = source.Contains(':') != destination.Contains(':');
        var expected = $"{Named(source)} {sourcePort} {Named(destination)} {destinationPort}";
        var header = new byte[ProxyHeaderWriter.BytesMax];
        foreach (var isFirst in (bool[])[true, false])
        {
            var from = Address(IPAddress.Parse(source), sourcePort);
            var to = Address(IPAddress.Parse(destination), destinationPort);
            var length = isFirst ? ProxyHeaderWriter.WriteV1(from, to, header) : ProxyHeaderWriter.WriteV2(from, to, header);
            using var client = Connect(IPAddress.Loopback);
            client.Send([.. header[..length], .. "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"u8]);
            Assert.Equal(expected, ReceiveToEnd(client).Split("\r\n\r\n")[1]);
        }

        // Of two families, both are told as IPv6.
        string Named(string address) => isMixed && !address.Contains(':') ? $"::ffff:{address}" : address;
    }

    /// <summary>Has HAProxy relay a connection to here.</summary>
    /// <returns>The client's address as it sees it, and what came.</returns>
    private (IPEndPoint Client, ProxyHeader Header, byte[] Received) Relay(string options, string listenOn, string? source)
    {
        using var target = Listen();
        var address = IPAddress.Parse(listenOn);
        var setSource = source is null ? "" : $"tcp-request connection set-src {(source.Contains(':') ? "ipv6" : "ipv4")}({source})";
        using var haproxy = new HAProxyProcess($"""
            listen relay
              mode tcp
              bind {new IPEndPoint(address, _port)}
              {setSource}
              server target {(IPEndPoint)target.LocalEndPoint!} {options}
            """);
        using var client = ConnectWhenItListens(address);
        client.Send("hello"u8);
        var (header, received) = Receive(target);
        Assert.False(header.IsLocal);
        return ((IPEndPoint)client.LocalEndPoint!, header, received);
    }

    /// <summary>The first connection that brings bytes: its header, and all that came with it.</summary>
    private static (ProxyHeader Header, byte[] Received) Receive(Socket target)
    {
        while (true)
        {
            Assert.True(target.Poll(Eventually.Patience, SelectMode.SelectRead), "nothing connects");
            using var connection = target.Accept();
            connection.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
            var buffer = new byte[ProxyHeader.BytesMax];
            var length = 0;
            while (connection.Receive(buffer, length, buffer.Length - length, SocketFlags.None) is var received and > 0)
            {
                length += received;
                var status = ProxyHeader.Read(buffer.AsSpan(0, length), out var header);
                Assert.NotEqual(ProxyHeaderStatus.Invalid, status);
                if (status != ProxyHeaderStatus.Done || length < header.Length + 5) continue;
                Assert.Equal("hello", Encoding.Latin1.GetString(buffer, header.Length, length - header.Length));
                return (header, buffer[..length]);
            }
        }
    }

    private static string ReceiveToEnd(Socket client)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (client.Receive(buffer, length, buffer.Length - length, SocketFlags.None) is var received and > 0) length += received;
        return Encoding.Latin1.GetString(buffer, 0, length);
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private Socket Connect(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds };
        socket.Connect(address, _port);
        return socket;
    }

    private Socket ConnectWhenItListens(IPAddress address)
    {
        Socket? client = null;
        Eventually.Holds(TryConnect, $"haproxy listens on {address}");
        return client!;

        bool TryConnect()
        {
            try
            {
                client = Connect(address);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    private static PeerAddress Address(IPAddress address, int port) => new(address.GetAddressBytes(), port);
}
