using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Directions = System.Net.Sockets.SocketShutdown;

#pragma warning disable RS0030 // This backend is the one that is made of .NET's sockets.

namespace FastCanary.Transport.Sockets;

/// <summary>
/// A non-blocking socket. What would block is waited for by an operation of the runtime: a receive of no bytes, which ends when there is something,
/// and a send of up to <see cref="AheadBytesMax"/> of what is pending, from memory of its own. The receive is under way whenever nothing
/// is known to be there to read, so that the peer's end is noticed while nobody reads.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "given back when the connection is closed and nothing is under way")]
internal sealed class SocketsConnection(SocketsLoop loop, Socket? socket, in PeerAddress peer, SocketsListener? listener) : Connection(loop, peer, listener)
{
    // What is sent by an operation must stay where it is until that ends, which the caller's memory does not: it is copied.
    private const int AheadBytesMax = 16 << 10;

    private static readonly LingerOption ResetAtClose = new(enable: true, seconds: 0);

    private SocketsOperation? _receive;
    private SocketsOperation? _send;
    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadEnd;
    private bool _isWatching;
    private bool _isSending;
    private bool _receiveFailed;
    private bool _sendFailed;
    private bool _established = listener is not null;
    private SocketError _connectError;

    // One for the owner until it closes, one for each operation under way: the last one out gives everything back. The one field that other threads touch.
    private int _references = 1;

    /// <summary>What its events are named by.</summary>
    public ulong Key { get; set; }

    /// <summary>Begins to connect; what becomes of it is an event.</summary>
    public void BeginConnecting(IPEndPoint address)
    {
        _send = new SocketsOperation(this) { RemoteEndPoint = address };
        Interlocked.Increment(ref _references);
        if (!socket!.ConnectAsync(_send)) Completed(SocketAsyncOperation.Connect);
    }

    /// <summary>Has the next byte, the end or a failure told by an event.</summary>
    public void Watch()
    {
        if (_isWatching || _receiveFailed || PeerFinished) return;
        _isWatching = true;
        _receive ??= NewReceive();
        Interlocked.Increment(ref _references);
        if (!socket!.ReceiveAsync(_receive)) Completed(SocketAsyncOperation.Receive);
    }

    /// <summary>An operation has ended. Any thread.</summary>
    public void Completed(SocketAsyncOperation operation)
    {
        // Behind a close the name is stale and the loop passes over it.
        loop.Post(new SocketsEvent(Key, operation));
        Unreference();
    }

    /// <summary>The same, on the loop.</summary>
    public void OnEnded(SocketAsyncOperation operation)
    {
        switch (operation)
        {
            case SocketAsyncOperation.Receive:
                _isWatching = false;
                OnWatched(_receive!.SocketError);
                break;
            case SocketAsyncOperation.Send:
                _isSending = false;
                if (_send!.SocketError == SocketError.Success) _aheadEnd = _send.BytesTransferred;
                else SendFailed(_send.SocketError);
                OnEvents(ConnectionEvents.Writable);
                break;
            case SocketAsyncOperation.Connect:
                _connectError = _send!.SocketError;
                _established = _connectError == SocketError.Success;
                if (_established) Watch();
                OnEvents(_established ? ConnectionEvents.Writable : ConnectionEvents.Writable | ConnectionEvents.Error | ConnectionEvents.Hangup);
                break;
            case SocketAsyncOperation.Disconnect:
                // Told by a receive that found the end before its event did.
                if (!PeerFinished) OnEvents(ConnectionEvents.Readable | ConnectionEvents.Finished);
                break;
        }
    }

    internal override int Receive(ref byte to, int bytesMax)
    {
        if (_receiveFailed) return Transfer.Failed;
        while (true)
        {
            var received = socket!.Receive(MemoryMarshal.CreateSpan(ref to, bytesMax), SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    if (received == 0) TellEnd();
                    // A short read emptied the socket: its reader now counts on an event.
                    else if (received < bytesMax) Watch();
                    return received;
                case SocketError.WouldBlock:
                    Watch();
                    return Transfer.WouldBlock;
                case SocketError.Interrupted:
                    break;
                default:
                    ReceiveFailed(error);
                    return Transfer.Failed;
            }
        }
    }

    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool more)
    {
        if (_isSending) return Transfer.WouldBlock;
        if (_sendFailed) return Transfer.Failed;
        if (_aheadEnd > 0) return AccountForAhead(first, second);
        var bytes = first;
        if (first.IsEmpty) bytes = second;
        else if (!second.IsEmpty && first.Length < loop.Scratch.Length) bytes = Gather(first, second, loop.Scratch);
        while (true)
        {
            var sent = socket!.Send(bytes, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    return sent;
                case SocketError.WouldBlock:
                    return SendAhead(bytes);
                case SocketError.Interrupted:
                    break;
                default:
                    SendFailed(error);
                    return Transfer.Failed;
            }
        }
    }

    private protected override int SocketDiscard() => Receive(ref loop.Scratch[0], loop.Scratch.Length);

    private protected override bool SocketHasUnread()
    {
        if (Peek(out var error) >= 0 || error != SocketError.WouldBlock) return true;
        Watch();
        return false;
    }

    private protected override bool SocketFinishConnecting()
    {
        if (_established) return true;
        Fail(SocketErrors.ToFailure(_connectError));
        return false;
    }

    private protected override PeerAddress SocketLocal()
    {
        try
        {
            return socket?.LocalEndPoint is IPEndPoint address ? SocketsLoop.ToPeerAddress(address) : default;
        }
        catch (SocketException)
        {
            // Some systems tell nothing about a connection that its peer has reset.
            return default;
        }
    }

    private protected override void SocketShutdown() => Shutdown(Directions.Send);

    private protected override void SocketClose(bool reset)
    {
        if (socket is null) return;
        // Over unread input a close is a reset; the runtime's own way would send FIN before.
        reset |= IsReadable && !_receiveFailed && Peek(out _) > 0;
        try
        {
            if (reset) socket.LingerState = ResetAtClose;
        }
        catch (SocketException)
        {
            // It is dead already.
        }

        // A socket that is disposed under an operation is reset, unless its own direction was ended before. While an operation is just being tried
        // it is reset all the same, and what was flushed is lost: so the receive is ended by the end of its direction, and disposed behind it. On
        // Windows it would not end by that, and a send, or a connect, need not end at all.
        var ended = !reset && _established && Shutdown(Directions.Both);
        if (!ended || _isSending || OperatingSystem.IsWindows()) socket.Dispose();
        Unreference();
    }

    // Of no bytes: it waits without memory, and ends when there is something.
    private SocketsOperation NewReceive()
    {
        var receive = new SocketsOperation(this);
        receive.SetBuffer([], 0, 0);
        return receive;
    }

    private static ReadOnlySpan<byte> Gather(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, byte[] into)
    {
        var fromSecond = Math.Min(second.Length, into.Length - first.Length);
        first.CopyTo(into);
        second[..fromSecond].CopyTo(into.AsSpan(first.Length));
        return into.AsSpan(0, first.Length + fromSecond);
    }

    // An end in the middle of what is read is an event too, which tells whoever does not read.
    private void TellEnd()
    {
        if (!PeerFinished) loop.Post(new SocketsEvent(Key, SocketAsyncOperation.Disconnect));
    }

    private void OnWatched(SocketError error)
    {
        var next = error == SocketError.Success ? Peek(out error) : -1;
        if (next > 0) OnEvents(ConnectionEvents.Readable);
        else if (next == 0) OnEvents(ConnectionEvents.Readable | ConnectionEvents.Finished);
        // Read meanwhile.
        else if (error is SocketError.WouldBlock or SocketError.Interrupted) Watch();
        else OnReset(error);
    }

    private void OnReset(SocketError error)
    {
        ReceiveFailed(error);
        OnEvents(ConnectionEvents.Readable | ConnectionEvents.Finished | ConnectionEvents.Error | ConnectionEvents.Hangup | ConnectionEvents.Writable);
    }

    /// <returns>1 where there are bytes, 0 at the end, -1 with an error.</returns>
    private int Peek(out SocketError error)
    {
        error = SocketError.ConnectionReset;
        if (_receiveFailed) return -1;
        Span<byte> next = stackalloc byte[1];
        var received = socket!.Receive(next, SocketFlags.Peek, out error);
        if (error == SocketError.Success) return received;
        if (error is not (SocketError.WouldBlock or SocketError.Interrupted)) ReceiveFailed(error);
        return -1;
    }

    // A socket tells its error once; behind it there is an end, which is none.
    private void ReceiveFailed(SocketError error)
    {
        _receiveFailed = true;
        Fail(SocketErrors.ToFailure(error));
    }

    private void SendFailed(SocketError error)
    {
        _sendFailed = true;
        Fail(SocketErrors.ToFailure(error));
    }

    private int SendAhead(ReadOnlySpan<byte> bytes)
    {
        _ahead ??= GC.AllocateUninitializedArray<byte>(AheadBytesMax);
        _send ??= new SocketsOperation(this);
        var count = Math.Min(bytes.Length, AheadBytesMax);
        bytes[..count].CopyTo(_ahead);
        _aheadStart = 0;
        _send.SetBuffer(_ahead, 0, count);
        _isSending = true;
        Interlocked.Increment(ref _references);
        if (!socket!.SendAsync(_send)) Completed(SocketAsyncOperation.Send);
        return Transfer.WouldBlock;
    }

    // What an operation has sent comes first in what is to be sent now. It does not where a flush was cancelled and other bytes follow: the
    // peer has got bytes then that its owner does not count, and nothing right can come behind them.
    private int AccountForAhead(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var ahead = _ahead.AsSpan(_aheadStart, _aheadEnd - _aheadStart);
        var fromFirst = Math.Min(first.Length, ahead.Length);
        var fromSecond = Math.Min(second.Length, ahead.Length - fromFirst);
        if (!first[..fromFirst].SequenceEqual(ahead[..fromFirst]) || !second[..fromSecond].SequenceEqual(ahead.Slice(fromFirst, fromSecond)))
        {
            SendFailed(SocketError.Fault);
            return Transfer.Failed;
        }

        _aheadStart += fromFirst + fromSecond;
        if (_aheadStart == _aheadEnd)
        {
            _aheadStart = _aheadEnd = 0;
            // An idle connection holds no memory.
            _ahead = null;
            _send!.SetBuffer(null, 0, 0);
        }

        return fromFirst + fromSecond;
    }

    private bool Shutdown(Directions directions)
    {
        try
        {
            socket!.Shutdown(directions);
            return true;
        }
        catch (SocketException)
        {
            // It is dead already.
            return false;
        }
    }

    private void Unreference()
    {
        if (Interlocked.Decrement(ref _references) > 0) return;
        socket!.Dispose();
        _receive?.Dispose();
        _send?.Dispose();
    }
}
