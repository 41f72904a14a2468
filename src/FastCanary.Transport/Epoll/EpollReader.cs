using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace FastCanary.Transport.Epoll;

/// <summary>
/// A connection's input over the loop's blocks. Holds one block while it has bytes and none while it waits. The result is always one segment:
/// a message that outgrows its block moves to a larger one. Receives only when somebody reads, so what the reader does not take is not read
/// from the kernel: that is the back-pressure.
/// </summary>
internal sealed unsafe class EpollReader(EpollConnection connection) : PipeReader, IValueTaskSource<ReadResult>
{
    // A reader that always finds bytes gives the others their turn after this many receives in one pass.
    private const int ReceivesPerPass = 16;

    private Action<object?>? _continuation;
    private object? _continuationState;
    private Block? _block;
    private int _start;
    private int _end;
    private int _receives;
    private int _pass;
    private short _version;
    private byte _sizeClass;
    private WaitState _wait;
    private bool _examinedAll;
    private bool _cancelled;
    private bool _ended;

    /// <summary>Somebody awaits bytes.</summary>
    public bool IsWaiting => _wait == WaitState.Waiting;

    public bool HasBuffered => _end > _start;

    public bool IsQuiet => _end == _start && !_ended && !_cancelled && _wait == WaitState.None;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        connection.Loop.AssertCurrent();
        Debug.Assert(_wait == WaitState.None, "one read at a time");
        if (_cancelled || _ended || connection.IsClosed || (_end > _start && !_examinedAll)) return new ValueTask<ReadResult>(TakeResult());
        if (connection.IsReadable)
        {
            if (!MayReceive()) connection.Loop.Enqueue(connection, EpollConnection.ReadReady);
            else if (TryReceive()) return new ValueTask<ReadResult>(TakeResult());
        }

        _wait = WaitState.Waiting;
        return new ValueTask<ReadResult>(this, _version);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_cancelled || _ended || connection.IsClosed || (_end > _start && !_examinedAll))
        {
            result = TakeResult();
            return true;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_block is not { } block) return;
        var consumedTo = consumed.GetInteger();
        var examinedTo = examined.GetInteger();
        // Always checked: a position outside of the buffer would hand out another exchange's bytes.
        if (consumedTo < _start || consumedTo > _end || examinedTo < consumedTo || examinedTo > _end) ThrowBadPosition();
        _start = consumedTo;
        _examinedAll = examinedTo == _end;
        if (_start != _end) return;
        ReleaseBlock(block);
    }

    public override void CancelPendingRead()
    {
        if (_wait == WaitState.Completing) return;
        _cancelled = true;
        if (_wait != WaitState.Waiting) return;
        _wait = WaitState.Completing;
        connection.Loop.Enqueue(connection, EpollConnection.ReadReady);
    }

    public override void Complete(Exception? exception = null)
    {
        // The connection's owner closes the connection.
    }

    public ReadResult GetResult(short token)
    {
        if (token != _version) ThrowAwaitedTwice();
        _version++;
        _wait = WaitState.None;
        return TakeResult();
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        if (token != _version) ThrowAwaitedTwice();
        return _wait == WaitState.None ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (token != _version || _continuation is not null) ThrowAwaitedTwice();
        _continuation = continuation;
        _continuationState = state;
    }

    /// <summary>Called from the loop's ready queue: receives if need be and continues who waits.</summary>
    public void Run()
    {
        if (_wait == WaitState.None) return;
        if (_wait == WaitState.Waiting)
        {
            if (!connection.IsReadable && !connection.IsClosed) return;
            MayReceive();
            if (!connection.IsClosed && !TryReceive()) return;
        }

        _wait = WaitState.None;
        var continuation = _continuation;
        var state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation?.Invoke(state);
    }

    /// <summary>The connection is closed: gives the block back and ends a pending read.</summary>
    public void Close()
    {
        if (_block is { } block) ReleaseBlock(block);
        if (_wait != WaitState.Waiting) return;
        _wait = WaitState.Completing;
        connection.Loop.Enqueue(connection, EpollConnection.ReadReady);
    }

    private ReadResult TakeResult()
    {
        var cancelled = _cancelled;
        _cancelled = false;
        var buffer = _block is { } block ? new ReadOnlySequence<byte>(block.Bytes, _start, _end - _start) : ReadOnlySequence<byte>.Empty;
        return new ReadResult(buffer, cancelled, _ended || connection.IsClosed);
    }

    private bool MayReceive()
    {
        if (_pass != connection.Loop.Pass)
        {
            _pass = connection.Loop.Pass;
            _receives = 0;
        }

        return _receives++ < ReceivesPerPass;
    }

    /// <returns>True when there is something to tell: bytes, the end, or a failure.</returns>
    private bool TryReceive()
    {
        if (_block is null)
        {
            _block = connection.Loop.Blocks.TryRent(_sizeClass) ?? connection.Loop.Blocks.TryRent(0);
            _start = _end = 0;
            if (_block is null)
            {
                connection.Loop.WaitForBlock(connection);
                return false;
            }
        }
        else if (!MakeRoom())
        {
            // The owner wants more than the largest block in one piece: its own limit should have ended this before.
            _ended = true;
            return true;
        }

        var block = _block;
        var room = block.Size - _end;
        nint received;
        int errno;
        do
        {
            fixed (byte* to = &block.At(_end)) received = Libc.Receive(connection.Descriptor, to, room, 0);
            errno = received < 0 ? Libc.LastError : 0;
        }
        while (errno == Errno.Interrupted);

        if (received > 0)
        {
            _end += (int)received;
            _examinedAll = false;
            // A short read emptied the socket: the next bytes raise a new edge. The peer's FIN already has raised its own.
            if (received < room) connection.IsReadable = connection.PeerFinished;
            Adapt((int)received, room);
            return true;
        }

        if (_start == _end) ReleaseBlock(block);
        if (received < 0 && errno == Errno.Again)
        {
            connection.IsReadable = false;
            return false;
        }

        _ended = true;
        if (received < 0) connection.Fail(errno);
        return true;
    }

    // Bulk input gets larger blocks, read by read; a trickle goes back to small ones.
    private void Adapt(int received, int room)
    {
        if (received == room && _sizeClass < BlockPool.BulkSizeClass) _sizeClass++;
        else if (received < BlockPool.Sizes[0] && _sizeClass > 0) _sizeClass--;
    }

    /// <returns>False where the bytes already fill the largest block.</returns>
    private bool MakeRoom()
    {
        if (_end < _block!.Size) return true;
        var buffered = _end - _start;
        var target = _block;
        var larger = BlockPool.ClassFor(_block.Size + 1);
        if (larger >= 0 && _start < _block.Size / 2) target = connection.Loop.Blocks.Rent(larger);
        else if (_start == 0) return false;

        _block.Bytes.AsSpan(_start, buffered).CopyTo(target.Bytes);
        if (target != _block)
        {
            connection.Loop.ReturnBlock(_block);
            _block = target;
        }

        _start = 0;
        _end = buffered;
        return true;
    }

    private void ReleaseBlock(Block block)
    {
        _block = null;
        _start = _end = 0;
        _examinedAll = false;
        connection.Loop.ReturnBlock(block);
    }

    private static void ThrowBadPosition() => throw new InvalidOperationException("AdvanceTo outside of the buffer");

    private static void ThrowAwaitedTwice() => throw new InvalidOperationException("a read was awaited twice");

    private enum WaitState : byte
    {
        None,
        Waiting,
        Completing,
    }
}
