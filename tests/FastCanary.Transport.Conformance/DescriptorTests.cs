using System.Net.Sockets;
using FastCanary.Transport.Epoll;

namespace FastCanary.Transport.Conformance;

/// <summary>What happens when the process has no descriptors left: its limit is lowered below those that are open, so that no call gets one.</summary>
[Collection(DescriptorsCollection.Name)]
public sealed class DescriptorTests
{
    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(Real))]
    public void Without_descriptors_accepting_pauses_and_goes_on(string transport)
    {
        using var under = Transports.CreateReal(transport);
        // What is loaded at its first use is loaded now.
        under.Accepted();
        Exhausted();
        var fresh = RealTransportUnderTest.NewPeer();
        under.Adopt(fresh);
        using (new LoweredLimit())
        {
            Assert.Throws<SocketException>(RealTransportUnderTest.NewPeer);
            fresh.Connect(under.Address);
            Assert.False(under.HasAccepted(3 * ConnectionLimit.RetryMs));
            // The others go on meanwhile.
            Assert.Equal(1, under.Call(() => under.Loop.ConnectionCount));
        }

        under.TakeAccepted();
        Assert.Equal(2, under.Limit.Open);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Without_descriptors_a_connection_fails_for_want_of_resources(string transport)
    {
        using var under = Transports.CreateReal(transport);
        under.Connected();
        Exhausted();
        using (new LoweredLimit())
        {
            under.Run(async () =>
            {
                var connection = under.Loop.Connect(under.TargetAddress);
                Assert.True((await connection.Output.WriteAsync("hello"u8.ToArray())).IsCompleted);
                Assert.Equal(ConnectionFailure.OutOfResources, connection.Failure);
                connection.Close();
                return 0;
            });
        }

        Assert.Equal(1, under.Call(() => under.Loop.ConnectionCount));
        under.Connected();
    }

    private static void Exhausted()
    {
        using (new LoweredLimit()) Assert.Throws<SocketException>(RealTransportUnderTest.NewPeer);
    }

    private sealed unsafe class LoweredLimit : IDisposable
    {
        private Libc.ResourceLimit _before;

        public LoweredLimit()
        {
            Libc.ResourceLimit before;
            Assert.Equal(0, Libc.GetResourceLimit(Libc.DescriptorsResource, &before));
            _before = before;
            var lowered = before with { Soft = 3 };
            Assert.Equal(0, Libc.SetResourceLimit(Libc.DescriptorsResource, &lowered));
        }

        public void Dispose()
        {
            fixed (Libc.ResourceLimit* before = &_before) Assert.Equal(0, Libc.SetResourceLimit(Libc.DescriptorsResource, before));
        }
    }
}
