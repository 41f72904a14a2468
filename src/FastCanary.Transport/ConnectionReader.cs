using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace FastCanary.Transport;

/// <summary>
/// A connection's input over the loop's blocks. Holds one block while it has bytes and none while it waits. The result is always one segment:
/// a message that outgrows its block moves to a larger one. Receives only when somebody reads, so what the reader does not take is not read
/// from the kernel: that is the back-pressure.
/// </summary>
/// <remarks><see cref="ReceiveAsync"/>, <see cref="Buffered"/> and <see cref="Advance"/> are <see cref="ReadAsync"/> without its sequence.</remarks>
public sealed class ConnectionReader : PipeReader, IValueTaskSource<ReadResult>, IHangupWatcher
{
    // A reader that always finds bytes gives the others their turn after this many receives in one pass.
    private const int ReceivesPerPass = 16;

    private readonly Connection _connection;
    private object? _waiter;
    private Block? _block;
    private KernelPipe? _pipe;
    private int _start;
    private int _end;
    private int _pass;
    private short _version;
    private byte _receives;
    private byte _sizeClass;
    private WaitState _wait;
    private bool _examinedAll;
    private bool _cancelled;
    private bool _ended;

    internal ConnectionReader(Connection connection) => _connection = connection;

    private enum WaitState : byte
    {
        None,
        Waiting,
        Completing,
    }

    /// <summary>The bytes that have arrived and were not advanced over.</summary>
    public ReadOnlySpan<byte> Buffered => _block is { } block ? block.Span(_start, _end - _start) : default;

    /// <summary>The same, to send from where they lie.</summary>
    public ReadOnlyMemory<byte> BufferedMemory => _block is { } block ? new ReadOnlyMemory<byte>(block.Bytes, _start, _end - _start) : default;

    /// <summary>Their number.</summary>
    public int BufferedLength => _end - _start;

    /// <summary>Somebody awaits bytes.</summary>
    internal bool IsWaiting => _wait == WaitState.Waiting;

    internal bool IsSettled => _wait == WaitState.None;

    internal bool IsQuiet => _end == _start && !_ended && !_cancelled && _wait == WaitState.None;

    private bool HasResult => _cancelled || _ended || _connection.IsClosed || (_end > _start && !_examinedAll);

    /// <summary>Waits until there is something that was not examined yet, the end, or a cancellation.</summary>
    public ReceiveAwaitable ReceiveAsync()
    {
        Begin();
        return new ReceiveAwaitable(this);
    }

    /// <summary>The same, into a pipe of the kernel: completes with <see cref="KernelPipe.Length"/> grown, at the end, or cancelled. Nothing may be buffered.</summary>
    /// <param name="pipe">Empty.</param>
    /// <param name="bytesMax">At least 1; what lies behind these bytes is not touched.</param>
    public ReceiveAwaitable FillAsync(KernelPipe pipe, long bytesMax)
    {
        Debug.Assert(_block is null && pipe.Length == 0, "bytes pass in order");
        _pipe = pipe;
        pipe.Wanted = (int)Math.Min(bytesMax, pipe.Capacity);
        Begin();
        return new ReceiveAwaitable(this);
    }

    /// <summary>The same, with what is there now: nobody waits.</summary>
    /// <returns>True when something went into the pipe.</returns>
    public bool TryFill(KernelPipe pipe, long bytesMax)
    {
        Debug.Assert(_block is null && pipe.Length == 0 && _wait == WaitState.None, "bytes pass in order");
        if (HasResult || !_connection.IsReadable) return false;
        pipe.Wanted = (int)Math.Min(bytesMax, pipe.Capacity);
        return TryFill(pipe) && pipe.Length > 0;
    }

    /// <summary>The bulk of a body will not come through here: the next block is a small one again.</summary>
    public void ExpectSmall() => _sizeClass = 0;

    /// <summary>Gives bytes back to the loop; the next receive completes at once with the rest, if there is any.</summary>
    /// <param name="consumed">At most <see cref="BufferedLength"/>.</param>
    public void Advance(int consumed)
    {
        if ((uint)consumed > (uint)(_end - _start)) ThrowBadPosition();
        if (_block is not { } block) return;
        _start += consumed;
        _examinedAll = false;
        if (_start == _end) ReleaseBlock(block);
    }

    /// <summary>The same; the rest was examined, and the next receive waits for more than that.</summary>
    /// <param name="consumed">At most <see cref="BufferedLength"/>.</param>
    public void AdvanceExamined(int consumed)
    {
        Advance(consumed);
        _examinedAll = _block is not null;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        return _wait == WaitState.None ? new ValueTask<ReadResult>(TakeResult()) : new ValueTask<ReadResult>(this, _version);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        result = HasResult ? TakeResult() : default;
        return result.IsCanceled || result.IsCompleted || !result.Buffer.IsEmpty;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_block is null) return;
        var consumedTo = consumed.GetInteger();
        var examinedTo = examined.GetInteger();
        // Always checked: a position outside of the buffer would hand out another exchange's bytes.
        if (consumedTo < _start || consumedTo > _end || examinedTo < consumedTo || examinedTo > _end) ThrowBadPosition();
        if (examinedTo == _end) AdvanceExamined(consumedTo - _start);
        else Advance(consumedTo - _start);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        if (_wait == WaitState.Completing) return;
        _cancelled = true;
        if (_wait == WaitState.Waiting) Complete();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // The connection's owner closes the connection.
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        if (token != _version || _wait != WaitState.None) ThrowAwaitedTwice();
        _version++;
        return TakeResult();
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token)
    {
        if (token != _version) ThrowAwaitedTwice();
        return _wait == WaitState.None ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (token != _version) ThrowAwaitedTwice();
        SetWaiter(new Continuation.OfCallback(continuation, state));
    }

    void IHangupWatcher.OnHangup() => CancelPendingRead();

    internal void SetWaiter(object waiter)
    {
        if (_waiter is not null) ThrowAwaitedTwice();
        _waiter = waiter;
    }

    internal Received TakeReceived()
    {
        Debug.Assert(_wait == WaitState.None, "a result is taken when it is there");
        var cancelled = _cancelled;
        _cancelled = false;
        return new Received(cancelled, _ended || _connection.IsClosed);
    }

    /// <summary>Called from the loop's ready queue: receives if need be and continues who waits.</summary>
    internal void Run()
    {
        if (_wait == WaitState.None) return;
        if (_wait == WaitState.Waiting)
        {
            if (!_connection.IsReadable) return;
            MayReceive();
            if (!TryReceive()) return;
        }

        _wait = WaitState.None;
        _pipe = null;
        var waiter = _waiter;
        _waiter = null;
        if (waiter is not null) Continuation.Run(waiter);
    }

    /// <summary>The connection is closed: gives the block back and ends a pending read.</summary>
    internal void Close()
    {
        _pipe = null;
        if (_block is { } block) ReleaseBlock(block);
        if (_wait == WaitState.Waiting) Complete();
    }

    private void Begin()
    {
        _connection.Loop.AssertCurrent();
        Debug.Assert(_wait == WaitState.None, "one read at a time");
        if (HasResult)
        {
            _pipe = null;
            return;
        }

        if (_connection.IsReadable)
        {
            if (!MayReceive())
            {
                _connection.Loop.Enqueue(_connection, Connection.ReadReady);
            }
            else if (TryReceive())
            {
                _pipe = null;
                return;
            }
        }

        _wait = WaitState.Waiting;
    }

    // Decided, whatever arrives from here on: told from the ready queue, never from within what decided it.
    private void Complete()
    {
        _wait = WaitState.Completing;
        _connection.Loop.Enqueue(_connection, Connection.ReadReady);
    }

    private ReadResult TakeResult()
    {
        var received = TakeReceived();
        var buffer = _block is { } block ? new ReadOnlySequence<byte>(block.Bytes, _start, _end - _start) : ReadOnlySequence<byte>.Empty;
        return new ReadResult(buffer, received.IsCanceled, received.IsCompleted);
    }

    private bool MayReceive()
    {
        var pass = _connection.Loop.Pass;
        if (_pass != pass)
        {
            _pass = pass;
            _receives = 0;
        }

        return _receives++ < ReceivesPerPass;
    }

    /// <returns>True when there is something to tell: bytes, the end, or a failure.</returns>
    private bool TryReceive()
    {
        if (_pipe is not null) return TryFill(_pipe);
        if (_block is null)
        {
            var blocks = _connection.Loop.Blocks;
            _block = blocks.TryRent(_sizeClass) ?? blocks.TryRent(0);
            _start = _end = 0;
            if (_block is null)
            {
                _connection.Loop.WaitForBlock(_connection);
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
        var received = _connection.Receive(ref block.At(_end), room);
        if (received > 0)
        {
            _end += received;
            _examinedAll = false;
            // A short read emptied the socket: the next bytes raise a new edge. The peer's FIN already has raised its own.
            if (received < room) _connection.IsReadable = _connection.PeerFinished;
            Adapt(received, room);
            return true;
        }

        if (_start == _end) ReleaseBlock(block);
        return EndsWith(received);
    }

    private bool TryFill(KernelPipe pipe)
    {
        var moved = _connection.SpliceIn(pipe, pipe.Wanted);
        if (moved <= 0) return EndsWith(moved);
        pipe.Length += moved;
        return true;
    }

    private bool EndsWith(int result)
    {
        if (result == Transfer.WouldBlock)
        {
            _connection.IsReadable = false;
            return false;
        }

        _ended = true;
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
        if (larger >= 0 && _start < _block.Size / 2) target = _connection.Loop.Blocks.Rent(larger);
        else if (_start == 0) return false;

        _block.Bytes.AsSpan(_start, buffered).CopyTo(target.Bytes);
        if (target != _block)
        {
            _connection.Loop.ReturnBlock(_block);
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
        _connection.Loop.ReturnBlock(block);
    }

    private static void ThrowBadPosition() => throw new InvalidOperationException("advanced outside of the buffer");

    private static void ThrowAwaitedTwice() => throw new InvalidOperationException("a read was awaited twice");
}
