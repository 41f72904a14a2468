using System.Net;
using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The admin API of a configuration that does not name one. Alone: the programs of other tests have that address too, and give it up at any moment.</summary>
[Collection(LoadCollection.Name)]
public sealed class DefaultAdminTests
{
    [Fact]
    public void A_port_that_is_taken_is_a_warning_and_the_proxy_runs()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 9901);
        // Where somebody holds it all the time, that is as good.
        Eventually.Within(Eventually.Patience, () =>
        {
            try
            {
                holder.Start();
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        using var origin = ScriptedOrigin.Answering("stable");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port));
        var line = proxy.WaitForLog("9901");
        Assert.Contains("warn", line, StringComparison.Ordinal);
        using var client = new RawClient(port);
        Assert.Equal("stable", client.Get().Text);
    }
}
