using System.Runtime.InteropServices;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

public sealed class DrainTests : IDisposable
{
    private readonly ManualResetEventSlim _asked = new();
    private readonly ManualResetEventSlim _go = new();
    private readonly int _port = Ports.Free();

    public void Dispose()
    {
        _go.Set();
        _asked.Dispose();
        _go.Dispose();
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public void What_is_under_way_ends_well_nothing_new_begins_and_the_exit_code_is_0(PosixSignal signal)
    {
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ");
            _asked.Set();
            _go.Wait(Eventually.Patience);
            connection.Send("whole");
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var idle = new RawClient(_port);
        using var client = new RawClient(_port);
        client.Send(RawClient.Request());
        var head = client.Read(toHead: true);
        Assert.Equal(200, head.Status);

        proxy.Signal(signal);
        Eventually.Holds(() => Ports.Refuses(_port), "new connections are refused");
        Assert.True(idle.IsEnded());
        Assert.False(proxy.HasExited);
        _go.Set();
        Assert.Equal("half whole", client.Wire.ReadBody(head, isResponse: true).Text);
        Assert.Equal(0, proxy.WaitForExit());
        Assert.Empty(proxy.Output);
    }

    [Fact]
    public void A_connection_that_was_used_before_is_closed_and_one_that_waits_for_its_response_is_told_to_close()
    {
        using var origin = new ScriptedOrigin(connection =>
        {
            while (connection.Read() is { } request)
            {
                if (request.Target == "/slow")
                {
                    _asked.Set();
                    _go.Wait(Eventually.Patience);
                }

                connection.Send(ScriptedOrigin.Response("done"));
            }
        });
        // One loop: several get to know of the drain one after the other.
        using var proxy = FastCanaryProcess.Start(Configuration.Split(_port, [("v1", 1, origin.Port)], loops: 1));
        using var used = new RawClient(_port);
        Assert.Equal("done", used.Get().Text);
        using var waiting = new RawClient(_port);
        waiting.Send(RawClient.Request("/slow"));
        Assert.True(_asked.Wait(Eventually.Patience));

        proxy.Signal(PosixSignal.SIGTERM);
        Assert.True(used.IsEnded());
        _go.Set();
        var answer = waiting.Read();
        Assert.Equal("done", answer.Text);
        Assert.True(answer.Closes);
        Assert.True(waiting.IsEnded());
        Assert.Equal(0, proxy.WaitForExit());
    }

    [Fact]
    public void An_upload_under_way_ends_well()
    {
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response($"{request.Body.Length}"));
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Send("POST / HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: 200000\r\n\r\n");
        client.Send(new byte[100000]);
        Eventually.Holds(() => origin.Accepted > 0, "the origin is asked");
        proxy.Signal(PosixSignal.SIGTERM);
        Eventually.Holds(() => Ports.Refuses(_port), "new connections are refused");
        client.Send(new byte[100000]);
        Assert.Equal("200000", client.Read().Text);
        Assert.Equal(0, proxy.WaitForExit());
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGINT)]
    public void A_second_signal_ends_at_once(PosixSignal first, PosixSignal second)
    {
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            _asked.Set();
            connection.WaitForEnd();
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Send(RawClient.Request());
        Assert.True(_asked.Wait(Eventually.Patience));
        proxy.Signal(first);
        proxy.WaitForLog("draining: 1 client connections are open");
        Assert.False(proxy.HasExited);
        proxy.Signal(second);
        // Before the thirty seconds that a drain may take.
        Assert.NotEqual(0, proxy.WaitForExit(TimeSpan.FromSeconds(25)));
        Assert.DoesNotContain(proxy.Log, static line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_traffic_it_ends_at_once()
    {
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, Ports.Free()));
        proxy.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, proxy.WaitForExit(TimeSpan.FromSeconds(25)));
        proxy.WaitForLog("draining: 0 client connections are open");
    }

    [Fact]
    public void A_tunnel_goes_on_until_it_ends_and_then_the_process_does()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            while (connection.Wire.TakeSome() is { Length: > 0 } bytes) connection.Wire.Send(bytes);
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port, listener: ", protocol: tcp"));
        using var client = new RawClient(_port);
        client.Send("hello");
        Assert.Equal("hello"u8.ToArray(), client.Wire.Take(5));
        proxy.Signal(PosixSignal.SIGTERM);
        Eventually.Holds(() => Ports.Refuses(_port), "new connections are refused");
        client.Send("still");
        Assert.Equal("still"u8.ToArray(), client.Wire.Take(5));
        client.Finish();
        Assert.Equal(0, proxy.WaitForExit());
    }
}
