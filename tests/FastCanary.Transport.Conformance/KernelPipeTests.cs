namespace FastCanary.Transport.Conformance;

/// <summary>Bodies through pipes of the kernel, where the transport has them.</summary>
public sealed class KernelPipeTests
{
    public static TheoryData<string> All => Transports.All;

    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(All))]
    public void A_body_goes_through_byte_for_byte_and_nothing_behind_it_is_touched(string transport)
    {
        using var under = Transports.Create(transport);
        var (origin, upstream) = under.Connected();
        var (client, downstream) = under.Accepted();
        if (!upstream.CanSplice)
        {
            Assert.Null(under.Call(under.Loop.TryRentPipe));
            return;
        }

        var body = Content.Bytes(3_000_000, seed: 1);
        var relayed = under.Begin(async () =>
        {
            var pipe = under.Loop.TryRentPipe()!;
            Assert.Equal(1, under.Loop.PipesRented);
            "head "u8.CopyTo(downstream.Output.GetSpan(5));
            downstream.Output.Advance(5);
            var left = (long)body.Length;
            while (left > 0)
            {
                Assert.False((await upstream.Input.FillAsync(pipe, left)).IsCompleted);
                left -= pipe.Length;
                Assert.InRange(pipe.Length, 1, pipe.Capacity);
                Assert.False((await downstream.Output.DrainAsync(pipe)).IsCompleted);
                Assert.Equal(0, pipe.Length);
            }

            under.Loop.Return(pipe);
            Assert.Equal(0, under.Loop.PipesRented);
            Assert.Equal(0, under.Loop.BlocksRented);
            await upstream.Input.ReceiveAsync();
            return upstream.Input.Buffered.ToArray();
        });
        origin.Send(body);
        origin.Send("next"u8);
        Assert.Equal("head "u8, client.Receive(5));
        Assert.Equal(Content.Hash(body), Content.Hash(client.Receive(body.Length)));
        Assert.Equal((byte)'n', relayed.Get()[0]);
        Assert.Equal(body.Length + 5, under.Call(() => downstream.Output.BytesSent));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_slow_reader_holds_the_pipe_back(string transport)
    {
        using var under = Transports.Create(transport);
        var (origin, upstream) = under.Connected();
        var (client, downstream) = under.Accepted();
        if (!upstream.CanSplice) return;
        // More than the kernel holds of both connections.
        var body = Content.Bytes(48 << 20, seed: 2);
        var relayed = under.Begin(async () =>
        {
            var pipe = under.Loop.TryRentPipe()!;
            for (var left = (long)body.Length; left > 0;)
            {
                Assert.False((await upstream.Input.FillAsync(pipe, left)).IsCompleted);
                left -= pipe.Length;
                Assert.False((await downstream.Output.DrainAsync(pipe)).IsCompleted);
            }

            under.Loop.Return(pipe);
            return 0;
        });
        var sender = new Thread(() => origin.Send(body));
        sender.Start();
        under.Until(() => downstream.Output.IsWaiting);
        Assert.Equal(Content.Hash(body), Content.Hash(client.Receive(body.Length)));
        sender.Join();
        relayed.Get();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_pipe_that_comes_back_with_bytes_in_it_is_not_used_again(string transport)
    {
        using var under = Transports.Create(transport);
        var (origin, upstream) = under.Connected();
        if (!upstream.CanSplice) return;
        origin.Send("left behind"u8);
        under.Run(async () =>
        {
            var pipe = under.Loop.TryRentPipe()!;
            await upstream.Input.FillAsync(pipe, 100);
            Assert.InRange(pipe.Length, 1, 11);
            under.Loop.Return(pipe);
            var other = under.Loop.TryRentPipe()!;
            Assert.NotSame(pipe, other);
            Assert.Equal(0, other.Length);
            under.Loop.Return(other);
            // An empty one is.
            Assert.Same(other, under.Loop.TryRentPipe());
            under.Loop.Return(other);
            Assert.Equal(0, under.Loop.PipesRented);
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_end_and_a_cancellation_end_a_fill(string transport)
    {
        using var under = Transports.Create(transport);
        var (origin, upstream) = under.Connected();
        if (!upstream.CanSplice) return;
        var pipe = under.Call(under.Loop.TryRentPipe)!;
        var cancelled = under.Begin(async () => await upstream.Input.FillAsync(pipe, 100));
        under.Until(() => upstream.Input.IsWaiting);
        under.Call(upstream.Input.CancelPendingRead);
        Assert.Equal(new Received(IsCanceled: true, IsCompleted: false), cancelled.Get());
        var ended = under.Begin(async () => await upstream.Input.FillAsync(pipe, 100));
        origin.ShutdownSend();
        Assert.Equal(new Received(IsCanceled: false, IsCompleted: true), ended.Get());
        Assert.Equal(0, pipe.Length);
        Assert.Equal(ConnectionFailure.None, under.Call(() => upstream.Failure));
        under.Call(() => under.Loop.Return(pipe));
    }
}
