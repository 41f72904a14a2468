using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class ClientAddressTests
{
    private static readonly NetworkSet Trusted = NetworkSet.Compile([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8:cafe::/48"), IPNetwork.Parse("::1/128")]);

    [Theory]
    // A peer that is not trusted is the client, whatever it says.
    [InlineData("192.0.2.1", "", "192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 198.51.100.7", "192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 10.0.0.1, 10.0.0.2", "192.0.2.1")]
    [InlineData("2001:db8::1", "X-Forwarded-For: 198.51.100.7", "2001:db8::1")]
    [InlineData("::ffff:192.0.2.1", "X-Forwarded-For: 198.51.100.7", "192.0.2.1")]
    // A trusted one says who the client is.
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "x-FORWARDED-for:198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 2001:db8::9", "2001:db8::9")]
    [InlineData("::ffff:10.0.0.1", "X-Forwarded-For: 198.51.100.7", "198.51.100.7")]
    [InlineData("::1", "X-Forwarded-For: 198.51.100.7", "198.51.100.7")]
    [InlineData("2001:db8:cafe::5", "X-Forwarded-For: 198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: ::ffff:198.51.100.7", "198.51.100.7")]
    // What stands left of the first address that is not trusted may be forged.
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6, 198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 10.0.0.9, 198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6|X-Forwarded-For: 198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.0.0.3, 10.0.0.2", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6, 198.51.100.7|X-Forwarded-For: 10.0.0.2", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6|X-Forwarded-For: 198.51.100.7|X-Forwarded-For: 10.0.0.2", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6, 198.51.100.7, ::ffff:10.0.0.2", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 2001:db8:cafe::2", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6, ::ffff:198.51.100.7, [::1]:80", "198.51.100.7")]
    [InlineData("10.0.0.1", "X_Forwarded_For: 6.6.6.6|X-Forwarded-For: 198.51.100.7|X_Forwarded_For: 6.6.6.6", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-Fox: 6.6.6.6|X-Forwarded-Host: 6.6.6.6|X-Real-IP: 6.6.6.6|Forwarded: for=6.6.6.6", "10.0.0.1")]
    [InlineData("10.0.0.1", "Connection: X-Forwarded-For|X-Forwarded-For: 198.51.100.7", "198.51.100.7")]
    // Where all are trusted, the leftmost is the client.
    [InlineData("10.0.0.1", "X-Forwarded-For: 10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 10.0.0.4|X-Forwarded-For: 10.0.0.3, 10.0.0.2", "10.0.0.4")]
    [InlineData("10.0.0.1", "X-Forwarded-For: ::1", "::1")]
    // What is no address ends the walk at the last that was understood.
    [InlineData("10.0.0.1", "X-Forwarded-For: unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7, _hidden, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7|X-Forwarded-For: client.example, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.07", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.256", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 0x7f.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 3325256711", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7 10.0.0.2", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7;10.0.0.2", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: \"198.51.100.7\"", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: fe80::1%eth0", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7\u00a0", "10.0.0.1")]
    // With a port, with brackets.
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7:4711", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: [2001:db8::9]", "2001:db8::9")]
    [InlineData("10.0.0.1", "X-Forwarded-For: [2001:db8::9]:4711", "2001:db8::9")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7:1, 10.0.0.2:2", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: [::ffff:198.51.100.7]:1", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7:", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7:65536", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: [2001:db8::9", "10.0.0.1")]
    // Empty elements and white space count for nothing.
    [InlineData("10.0.0.1", "X-Forwarded-For:", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: ,", "10.0.0.1")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 6.6.6.6,, \t198.51.100.7\t , ,", "198.51.100.7")]
    [InlineData("10.0.0.1", "X-Forwarded-For: 198.51.100.7|X-Forwarded-For:|X-Forwarded-For: ,10.0.0.2", "198.51.100.7")]
    public void The_client_is_the_first_address_from_the_right_that_is_no_trusted_proxy(string peer, string fields, string client)
    {
        var request = new ParsedRequest("/", fields.Split('|', StringSplitOptions.RemoveEmptyEntries));
        var destination = new byte[16];
        int length = ClientAddress.Find(request.Head, request.Bytes, IPAddress.Parse(peer).GetAddressBytes(), Trusted, destination);
        Assert.Equal(client, new IPAddress(destination.AsSpan(0, length)).ToString());
    }

    [Fact]
    public void Where_nobody_is_trusted_the_peer_is_the_client()
    {
        var request = new ParsedRequest("/", ["X-Forwarded-For: 198.51.100.7"]);
        var destination = new byte[16];
        Assert.Equal(4, ClientAddress.Find(request.Head, request.Bytes, [127, 0, 0, 1], NetworkSet.Empty, destination));
        Assert.Equal([127, 0, 0, 1], destination[..4]);
    }

    [Fact]
    public void A_head_full_of_trusted_addresses_is_walked_to_its_end()
    {
        string list = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"10.1.{i >> 8}.{i & 255}"));
        var request = new ParsedRequest("/", ["X-Forwarded-For: 198.51.100.7, " + list]);
        var destination = new byte[16];
        Assert.Equal(4, ClientAddress.Find(request.Head, request.Bytes, [10, 0, 0, 1], Trusted, destination));
        Assert.Equal([198, 51, 100, 7], destination[..4]);
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var request = new ParsedRequest("/", ["X-Forwarded-For: 6.6.6.6, [2001:db8::9]:1", "X-Forwarded-For: 10.0.0.3, ::ffff:10.0.0.2"]);
        byte[] peer = IPAddress.Parse("::ffff:10.0.0.1").GetAddressBytes();
        var destination = new byte[16];
        Assert.Equal(16, ClientAddress.Find(request.Head, request.Bytes, peer, Trusted, destination));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            ClientAddress.Find(request.Head, request.Bytes, peer, Trusted, destination);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
