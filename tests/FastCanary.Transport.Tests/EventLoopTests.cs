using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.Transport.Epoll;

namespace FastCanary.Transport.Tests;

/// <summary>The loop itself: posted work, accepting, slots and their reuse.</summary>
public sealed class EventLoopTests
{
    [Fact]
    public void Everything_posted_from_any_thread_runs_once_and_in_each_threads_order()
    {
        using var host = new LoopHost();
        var seen = new List<(int Thread, int Number)>();
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var number = i;
                host.Loop.Post(() => seen.Add((index, number)));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        LoopHost.Eventually(() => host.Call(() => seen.Count) == 40_000, "all has run");
        foreach (var one in seen.GroupBy(entry => entry.Thread)) Assert.Equal(Enumerable.Range(0, 5000), one.Select(entry => entry.Number));
    }

    [Fact]
    public void Work_posted_from_the_loop_itself_does_not_wait_for_an_event()
    {
        using var host = new LoopHost();
        using var done = new ManualResetEventSlim();
        host.Loop.Post(() => host.Loop.Post(() => host.Loop.Post(done.Set)));
        Assert.True(done.Wait(LoopHost.PatienceMs));
    }

    [Fact]
    public void A_call_returns_its_result_or_its_exception()
    {
        using var host = new LoopHost();
        Assert.True(host.Call(() => host.Loop.IsCurrent));
        Assert.False(host.Loop.IsCurrent);
        Assert.Throws<FormatException>(() => host.Call(() => int.Parse("x")));
        Assert.Equal(1, host.Call(() => 1));
    }

    [Fact]
    public void An_address_in_use_is_said_so()
    {
        using var host = new LoopHost();
        var error = Assert.Throws<TransportException>(() => EpollLoop.Probe(host.Address));
        Assert.Contains(host.Address.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
        Assert.Throws<TransportException>(() => EpollLoop.Probe(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80)));
    }

    [Fact]
    public void A_connection_over_the_limit_waits_for_room()
    {
        using var host = new LoopHost(connectionsMax: 1);
        var (_, first) = host.Connect();
        host.ConnectPeer();
        Assert.False(host.HasAccepted(300));
        host.Call(first.Close);
        host.Accepted();
        Assert.Equal(1, host.Limit.Open);
    }

    [Fact]
    public void Draining_serves_what_waits_in_the_backlog_and_ends_idle_connections()
    {
        using var host = new LoopHost();
        var (peer, idle) = host.Connect();
        host.Call(() => idle.IsIdle = true);
        var cancelled = host.Begin(async () => (await idle.Input.ReadAsync()).IsCanceled);
        Thread.Sleep(50);
        host.Call(() =>
        {
            // Nothing is accepted while this runs.
            peer = host.ConnectPeer();
            host.Listener.Drain();
        });
        host.Accepted();
        Assert.True(host.Listener.IsDraining);
        Assert.True(cancelled.Get());
        Assert.Throws<SocketException>(host.ConnectPeer);
        Assert.NotNull(peer);
    }

    /// <summary>
    /// An accepted connection's code closes another connection and makes a third, which takes its slot and its descriptor. The event of the second,
    /// in the same batch as the accept, must not reach the third.
    /// </summary>
    [Fact]
    public void A_stale_event_does_not_reach_the_connection_that_took_its_slot()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        for (var i = 0; i < 20; i++)
        {
            using var host = new LoopHost();
            var (peer, second) = host.Connect();
            Connection? third = null;
            host.OnAccepted = _ =>
            {
                second.Close();
                third = host.Loop.Connect((IPEndPoint)target.LocalEndpoint);
            };
            host.Call(() =>
            {
                // The listener's event comes first, the peer's end behind it: both in the next batch.
                host.ConnectPeer();
                peer.Close();
            });
            host.Accepted();
            var written = host.Run(async () => await third!.Output.WriteAsync("hello"u8.ToArray()));
            Assert.False(written.IsCompleted);
            Assert.False(host.Call(() => third!.PeerFinished || third.PeerGone));
        }
    }

    /// <summary>Whoever is accepted in the same batch must not be given a parked connection on which something has happened.</summary>
    [Fact]
    public void What_happened_on_a_parked_connection_is_known_before_anybody_new_may_take_it()
    {
        using var host = new LoopHost();
        var pool = new IdleConnections(8);
        Connection? taken = null;
        for (var i = 0; i < 50; i++)
        {
            host.OnAccepted = null;
            var (origin, upstream) = host.Connect();
            host.Call(() => pool.Park(upstream, 600_000));
            host.OnAccepted = _ => taken = pool.TryTake();
            host.Call(() =>
            {
                // In this order the listener's event is the first of the batch.
                host.ConnectPeer();
                origin.Send("stray"u8);
            });
            host.Accepted();
            Assert.Null(host.Call(() => taken));
        }
    }

    [Fact]
    public void Connections_that_come_and_go_leave_nothing()
    {
        using var host = new LoopHost();
        host.OnAccepted = connection => _ = EchoAsync(connection);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            peer.Connect(host.Address);
            var token = Encoding.ASCII.GetBytes($"token {i}");
            if (i % 5 == 0) peer.LingerState = new LingerOption(enable: true, seconds: 0);
            if (i % 3 == 0) return;
            peer.Send(token);
            if (i % 5 == 0) return;
            Assert.Equal(token, LoopHost.ReadToEnd(peer).Bytes);
        });
        LoopHost.Eventually(() => host.Call(() => host.Loop.ConnectionCount) == 0, "all are gone");
        Assert.Equal(0, host.Call(() => host.Loop.BlocksRented));
        Assert.Equal(0, host.Limit.Open);
        Assert.Equal(0, host.Call(() => host.Listener.Connections));

        static async Task EchoAsync(Connection connection)
        {
            var read = await connection.Input.ReadAsync();
            if (!read.Buffer.IsEmpty) await connection.Output.WriteAsync(read.Buffer.First);
            connection.Close();
        }
    }

    [Fact]
    public void Stopping_ends_whoever_waits()
    {
        var host = new LoopHost();
        var (_, connection) = host.Connect();
        var completed = host.Begin(async () => (await connection.Input.ReadAsync()).IsCompleted);
        Thread.Sleep(50);
        host.Dispose();
        Assert.True(completed.Get());
    }

    /// <summary>Without descriptors accepting pauses and goes on: in a process of its own, whose limit can be lowered.</summary>
    [Fact]
    public void Without_descriptors_accepting_pauses_and_goes_on()
    {
        const string InChild = "FASTCANARY_TEST_CHILD";
        if (Environment.GetEnvironmentVariable(InChild) is null)
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", "ulimit -n 256; exec \"$0\" -noLogo -noColor -method '*Without_descriptors*'", Environment.ProcessPath!])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            };
            start.Environment[InChild] = "1";
            using var child = Process.Start(start)!;
            var output = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            Assert.True(child.ExitCode == 0, output);
            return;
        }

        using var host = new LoopHost();
        var (_, _) = host.Connect();
        var fillers = new List<Socket>();
        using var go = new ManualResetEventSlim();
        host.Loop.Post(go.Wait);
        host.ConnectPeer();
        // Until none is left for a while: the runtime gives one back now and then, so that none at all cannot be had.
        for (var failures = 0; failures < 20;)
        {
            try
            {
                fillers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (SocketException)
            {
                failures++;
                Thread.Sleep(5);
            }
        }

        go.Set();
        Thread.Sleep(300);
        foreach (var filler in fillers) filler.Dispose();
        host.Accepted();
    }
}
