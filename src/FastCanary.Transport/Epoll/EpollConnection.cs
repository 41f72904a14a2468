namespace FastCanary.Transport.Epoll;

/// <summary>A socket in a loop's epoll set, registered once for all its events, edge-triggered.</summary>
internal sealed unsafe class EpollConnection(EpollLoop loop, int descriptor, in PeerAddress peer, EpollListener? listener) : Connection(loop, peer, listener)
{
    private const int DiscardBytes = 1 << 20;

    private bool _watchesOutput = listener is null;

    public override bool CanSplice => true;

    public int Descriptor { get; private set; } = descriptor;

    internal override int Receive(ref byte to, int bytesMax)
    {
        while (true)
        {
            nint received;
            fixed (byte* at = &to) received = Libc.Receive(Descriptor, at, bytesMax, 0);
            if (received >= 0) return (int)received;
            if (Result(Libc.LastError) is var result && result != 0) return result;
        }
    }

    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool more)
    {
        var flags = more ? Libc.NoSignal | Libc.MoreFollows : Libc.NoSignal;
        while (true)
        {
            nint sent;
            fixed (byte* firstAt = first, secondAt = second)
            {
                if (second.IsEmpty) sent = Libc.Send(Descriptor, firstAt, first.Length, flags);
                else if (first.IsEmpty) sent = Libc.Send(Descriptor, secondAt, second.Length, flags);
                else sent = SendBoth(firstAt, first.Length, secondAt, second.Length, flags);
            }

            if (sent >= 0) return (int)sent;
            if (Result(Libc.LastError) is var result && result != 0) return result;
        }
    }

    internal override int SpliceIn(KernelPipe pipe, int bytesMax)
    {
        while (true)
        {
            var moved = Libc.Splice(Descriptor, null, ((EpollPipe)pipe).WriteEnd, null, bytesMax, Libc.SpliceMove | Libc.SpliceNonBlock);
            if (moved >= 0) return (int)moved;
            if (Result(Libc.LastError) is var result && result != 0) return result;
        }
    }

    internal override int SpliceOut(KernelPipe pipe)
    {
        while (true)
        {
            var moved = Libc.Splice(((EpollPipe)pipe).ReadEnd, null, Descriptor, null, pipe.Length, Libc.SpliceMove | Libc.SpliceNonBlock);
            if (moved > 0) return (int)moved;
            // Nothing, and no error: there is no such answer for a pipe that holds bytes.
            if (moved == 0) return Transfer.Failed;
            if (Result(Libc.LastError) is var result && result != 0) return result;
        }
    }

    private protected override int SocketDiscard()
    {
        while (true)
        {
            var received = Libc.Receive(Descriptor, null, DiscardBytes, Libc.Truncate);
            if (received >= 0) return (int)received;
            if (Result(Libc.LastError) is var result && result != 0) return result;
        }
    }

    private protected override bool SocketHasUnread()
    {
        byte next;
        return Libc.Receive(Descriptor, &next, 1, Libc.Peek) >= 0 || Libc.LastError != Errno.Again;
    }

    private protected override bool SocketFinishConnecting()
    {
        var error = 0;
        var length = sizeof(int);
        _ = Libc.GetSocketOption(Descriptor, Libc.SolSocket, Libc.SocketError, &error, &length);
        if (error == 0) return true;
        Fail(Errno.ToFailure(error));
        return false;
    }

    private protected override void SocketWatchOutput()
    {
        if (_watchesOutput) return;
        _watchesOutput = true;
        ((EpollLoop)Loop).WatchOutput(this);
    }

    private protected override PeerAddress SocketLocal()
    {
        var address = stackalloc byte[SocketAddress.BytesMax];
        var length = SocketAddress.BytesMax;
        return Libc.GetSocketName(Descriptor, address, &length) == 0 ? SocketAddress.Read(new ReadOnlySpan<byte>(address, SocketAddress.BytesMax)) : default;
    }

    private protected override void SocketShutdown() => _ = Libc.Shutdown(Descriptor, Libc.ShutdownWrite);

    private protected override void SocketClose(bool reset)
    {
        if (Descriptor < 0) return;
        if (reset)
        {
            var linger = stackalloc int[2] { 1, 0 };
            _ = Libc.SetSocketOption(Descriptor, Libc.SolSocket, Libc.Linger, linger, 2 * sizeof(int));
        }

        _ = Libc.Close(Descriptor);
        Descriptor = -1;
    }

    private nint SendBoth(byte* first, int firstBytes, byte* second, int secondBytes, int flags)
    {
        var vectors = stackalloc Libc.IoVector[2];
        vectors[0] = new Libc.IoVector { Base = first, Length = firstBytes };
        vectors[1] = new Libc.IoVector { Base = second, Length = secondBytes };
        var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = 2 };
        return Libc.SendMessage(Descriptor, &message, flags);
    }

    /// <returns>0 where the call is to be made again.</returns>
    private int Result(int errno)
    {
        if (errno == Errno.Again) return Transfer.WouldBlock;
        if (errno == Errno.Interrupted) return 0;
        Fail(Errno.ToFailure(errno));
        return Transfer.Failed;
    }
}
