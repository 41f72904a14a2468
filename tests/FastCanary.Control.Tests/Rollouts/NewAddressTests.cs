using System.Net;
using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>A reload that adds a listener: once it is journalled, nobody can have taken the listener's address.</summary>
public sealed class NewAddressTests
{
    private static readonly string Changed = ReleaseLab.Gated.Replace("weight: 1,", "weight: 9,", StringComparison.Ordinal);

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public void A_new_address_is_taken_before_the_reload_is_journalled(string transport)
    {
        using ReleaseLab lab = Lab(transport);
        int port = Ports.Free();
        var freeAt = new List<bool>();
        lab.Disk.Before = () => freeAt.Add(IsFree(port));
        lab.MorePorts.Add(port);
        lab.Write(Changed);
        Reload(lab);
        lab.Disk.Before = null;
        Assert.NotEmpty(freeAt);
        Assert.DoesNotContain(true, freeAt);
        Assert.Equal(["127.0.0.1:" + lab.Port, "127.0.0.1:" + port], lab.Live.Listeners.Select(listener => listener.Address));
        AssertServes(port);
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public void A_reload_that_cannot_be_journalled_gives_the_new_address_back(string transport)
    {
        using ReleaseLab lab = Lab(transport);
        int port = Ports.Free();
        lab.Disk.IsFull = true;
        lab.MorePorts.Add(port);
        lab.Write(Changed);
        Assert.False(lab.Control.Reload("test").Applied);
        Eventually.Holds(() => IsFree(port), "the address is free again");
        lab.Disk.IsFull = false;
        Reload(lab);
        AssertServes(port);
    }

    private static ReleaseLab Lab(string transport)
    {
        if (transport == "epoll") Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's");
        var lab = new ReleaseLab(ReleaseLab.Gated, transport, new CountingOrigin(), new CountingOrigin());
        lab.Do(RolloutVerb.Start);
        return lab;
    }

    // A process that another test starts may hold a copy of a closed socket for a moment: the address is in use then, and nothing has changed.
    private static void Reload(ReleaseLab lab) => Eventually.Holds(() => lab.Control.Reload("test").Applied, "the reload is applied");

    private static bool IsFree(int port)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, port));
            other.Listen();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private static void AssertServes(int port)
    {
        using var client = new RawClient(port);
        Assert.Equal(200, client.Get().Status);
    }
}
