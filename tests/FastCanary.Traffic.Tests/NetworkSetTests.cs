using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class NetworkSetTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("192.0.2.7/32", "192.0.2.7", true)]
    [InlineData("192.0.2.7/32", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "127.0.0.1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::/0", "::ffff:10.1.2.3", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "::ffff:11.1.2.3", false)]
    public void An_address_is_looked_up_in_its_own_family(string network, string address, bool contained) =>
        Assert.Equal(contained, Set(network).Contains(IPAddress.Parse(address).GetAddressBytes()));

    [Fact]
    public void Overlapping_and_unsorted_networks_agree_with_asking_each_of_them()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            IPNetwork[] networks = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => RandomNetwork(random))];
            NetworkSet set = NetworkSet.Compile(networks);
            for (int question = 0; question < 200; question++)
            {
                byte[] address = [10, (byte)random.Next(4), (byte)random.Next(256), (byte)random.Next(256)];
                Assert.Equal(networks.Any(network => network.Contains(new IPAddress(address))), set.Contains(address));
            }
        }
    }

    [Fact]
    public void The_empty_set_holds_nothing_and_no_set_holds_an_address_of_another_length()
    {
        Assert.False(NetworkSet.Empty.Contains([127, 0, 0, 1]));
        Assert.False(Set("0.0.0.0/0").Contains([]));
        Assert.False(Set("0.0.0.0/0").Contains([127, 0, 0]));
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        NetworkSet set = Set("10.0.0.0/8", "2001:db8::/32", "192.0.2.0/24");
        byte[] mapped = IPAddress.Parse("::ffff:192.0.2.9").GetAddressBytes();
        set.Contains(mapped);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            set.Contains(mapped);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static NetworkSet Set(params string[] networks) => NetworkSet.Compile([.. networks.Select(IPNetwork.Parse)]);

    private static IPNetwork RandomNetwork(Random random)
    {
        int length = random.Next(12, 33);
        uint address = (10u << 24 | (uint)random.Next(1 << 18)) & (uint)(0xFFFFFFFF00000000 >> length);
        return new IPNetwork(new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]), length);
    }
}
