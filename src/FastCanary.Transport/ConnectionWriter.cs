using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace FastCanary.Transport;

/// <summary>
/// A connection's output. What is written gathers in one block of the loop; a flush gives it to the kernel in one call, together with the
/// caller's own memory in <see cref="WriteAsync"/>, which is sent from where it lies. A flush that the kernel takes whole completes at once;
/// otherwise it completes when the last byte is taken: that is the back-pressure.
/// </summary>
/// <remarks><see cref="SendAsync()"/> and its like are <see cref="FlushAsync"/> without a ValueTask.</remarks>
public sealed class ConnectionWriter : PipeWriter, IValueTaskSource<FlushResult>
{
    // A body this small is cheaper to copy behind its head than to send as a second vector.
    private const int CopyBytesMax = 2048;

    // What is sent at the end of the pass is at most this much: a block of this size is always to be had.
    private const int SoonBytesMax = 16 << 10;

    private readonly Connection _connection;
    private object? _waiter;
    private Block? _block;
    private KernelPipe? _pipe;
    private ReadOnlyMemory<byte> _borrowed;
    private int _start;
    private int _end;
    private int _flushed;
    private short _version;
    private WaitState _wait;
    private bool _cancelled;
    private bool _failed;
    private bool _soon;
    private bool _blocked;

    internal ConnectionWriter(Connection connection) => _connection = connection;

    private enum WaitState : byte
    {
        None,
        Waiting,
        Completing,
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _end - _flushed;

    /// <summary>Bytes that the kernel has taken so far, in all.</summary>
    public long BytesSent { get; private set; }

    /// <summary>A flush waits for the kernel.</summary>
    internal bool IsWaiting => _wait == WaitState.Waiting;

    internal bool IsSettled => _wait == WaitState.None;

    /// <summary>Something was to be sent soon, and has not left yet: nobody waits for it.</summary>
    internal bool HasUnsent => _flushed > _start && _wait == WaitState.None && !_failed;

    internal bool IsQuiet => _end == _start && _borrowed.IsEmpty && _pipe is null && !_failed && !_cancelled && _wait == WaitState.None;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _block!.Bytes.AsMemory(_end);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _block!.Bytes.AsSpan(_end);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_block is null || (uint)bytes > (uint)(_block.Size - _end)) throw new InvalidOperationException("advanced beyond the span that was handed out");
        _end += bytes;
    }

    /// <summary>Gives what was written to the kernel.</summary>
    public FlushAwaitable SendAsync()
    {
        _connection.Loop.AssertCurrent();
        Debug.Assert(_wait == WaitState.None, "one flush at a time");
        _flushed = _end;
        if (!_cancelled && !TrySend()) _wait = WaitState.Waiting;
        return new FlushAwaitable(this);
    }

    /// <summary>
    /// Sends what was written at the end of the loop's pass, together with what else is written until then: one call for answers that are ready
    /// together, and fewer wake-ups of the peer. Nobody waits: a failure shows at the next send, or as the connection's end.
    /// </summary>
    /// <returns>False where that cannot be promised, because much is pending already or the connection is not established: <see cref="SendAsync()"/> does.</returns>
    public bool TrySendSoon(ReadOnlySpan<byte> source)
    {
        Debug.Assert(_wait == WaitState.None, "one flush at a time");
        if (_blocked || _cancelled || _failed || _connection.IsConnecting || source.Length > CopyBytesMax || _end - _start + source.Length > SoonBytesMax) return false;
        if (!source.IsEmpty)
        {
            MakeRoom(source.Length);
            source.CopyTo(_block!.Bytes.AsSpan(_end));
            _end += source.Length;
        }

        _flushed = _end;
        if (_soon) return true;
        _soon = true;
        _connection.Loop.SendSoon(_connection);
        return true;
    }

    /// <summary>The same, with <paramref name="source"/> behind it.</summary>
    /// <param name="source">Stays as it is until the result is there.</param>
    public FlushAwaitable SendAsync(ReadOnlyMemory<byte> source)
    {
        Debug.Assert(_borrowed.IsEmpty, "one write at a time");
        if (source.Length <= CopyBytesMax && _end > _start && _block!.Size - _end >= source.Length)
        {
            source.Span.CopyTo(_block.Bytes.AsSpan(_end));
            _end += source.Length;
        }
        else
        {
            _borrowed = source;
        }

        return SendAsync();
    }

    /// <summary>The same, with what lies in <paramref name="pipe"/> behind it. Unless it was sent whole, the pipe may not be used again.</summary>
    public FlushAwaitable DrainAsync(KernelPipe pipe)
    {
        _pipe = pipe;
        return SendAsync();
    }

    /// <summary>What <see cref="SendAsync()"/> gave, once more: for who began to send and looks at the result later.</summary>
    public FlushAwaitable SentAsync() => new(this);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => AsValueTask(SendAsync());

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => AsValueTask(SendAsync(source));

    /// <inheritdoc/>
    public override void CancelPendingFlush()
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

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        if (token != _version || _wait != WaitState.None) ThrowAwaitedTwice();
        _version++;
        return TakeResult();
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token)
    {
        if (token != _version) ThrowAwaitedTwice();
        return _wait == WaitState.None ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (token != _version) ThrowAwaitedTwice();
        SetWaiter(new Continuation.OfCallback(continuation, state));
    }

    internal void SetWaiter(object waiter)
    {
        if (_waiter is not null) ThrowAwaitedTwice();
        _waiter = waiter;
    }

    internal FlushResult TakeResult()
    {
        Debug.Assert(_wait == WaitState.None, "a result is taken when it is there");
        var cancelled = _cancelled;
        if (cancelled)
        {
            _cancelled = false;
            // The caller gets its memory back with any result.
            _borrowed = default;
            _pipe = null;
        }

        return new FlushResult(cancelled, _failed);
    }

    /// <summary>Called at the end of the pass: sends what was promised.</summary>
    /// <returns>True when nothing is left to send, or it cannot be.</returns>
    internal bool SendPromised()
    {
        _soon = false;
        // Who waits for a flush has taken the promise over.
        if (_wait != WaitState.None || _connection.IsClosed) return true;
        _blocked = !TrySend();
        return !_blocked;
    }

    /// <summary>Called from the loop's ready queue: sends on and continues who waits.</summary>
    internal void Run()
    {
        if (_wait == WaitState.None)
        {
            if (_blocked) SendPromised();
            return;
        }

        if (_wait == WaitState.Waiting && !TrySend()) return;
        _blocked = false;
        _wait = WaitState.None;
        var waiter = _waiter;
        _waiter = null;
        if (waiter is not null) Continuation.Run(waiter);
    }

    /// <summary>The connection is closed: drops what is unsent and ends a pending flush.</summary>
    internal void Close()
    {
        Fail();
        if (_wait == WaitState.Waiting) Complete();
    }

    private ValueTask<FlushResult> AsValueTask(FlushAwaitable sent) =>
        sent.IsCompleted ? new ValueTask<FlushResult>(TakeResult()) : new ValueTask<FlushResult>(this, _version);

    private void Complete()
    {
        _wait = WaitState.Completing;
        _connection.Loop.Enqueue(_connection, Connection.WriteReady);
    }

    /// <returns>True when all is sent, or sending has failed.</returns>
    private bool TrySend()
    {
        // Written to after its end: what was gathered since goes back.
        if (_failed) return Fail();
        if (_connection.IsConnecting && !_connection.TryFinishConnecting())
        {
            if (_connection.Failure == ConnectionFailure.None) return false;
            return Fail();
        }

        while (_end > _start || !_borrowed.IsEmpty)
        {
            var gathered = _end > _start ? _block!.Span(_start, _end - _start) : default;
            var sent = _connection.Send(gathered, _borrowed.Span, more: _pipe is not null);
            if (sent < 0) return Refused(sent);
            BytesSent += sent;
            var fromBlock = Math.Min(sent, gathered.Length);
            _start += fromBlock;
            if (sent > fromBlock) _borrowed = _borrowed[(sent - fromBlock)..];
        }

        if (_block is not null) ReleaseBlock(_block);
        _blocked = false;
        return _pipe is null || TryDrain(_pipe);
    }

    private bool TryDrain(KernelPipe pipe)
    {
        while (pipe.Length > 0)
        {
            var moved = _connection.SpliceOut(pipe);
            if (moved < 0) return Refused(moved);
            BytesSent += moved;
            pipe.Length -= moved;
        }

        _pipe = null;
        return true;
    }

    private bool Refused(int result)
    {
        if (result != Transfer.WouldBlock) return Fail();
        _connection.BlockOutput();
        return false;
    }

    private bool Fail()
    {
        _failed = true;
        _borrowed = default;
        _pipe = null;
        if (_block is not null) ReleaseBlock(_block);
        return true;
    }

    private void MakeRoom(int bytes)
    {
        if (_block is { } block && block.Size - _end >= bytes) return;
        var pending = _end - _start;
        var sizeClass = BlockPool.ClassFor(pending + bytes);
        if (sizeClass < 0) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "more than the largest block");
        var target = _connection.Loop.Blocks.Rent(sizeClass);
        if (_block is { } old)
        {
            old.Bytes.AsSpan(_start, pending).CopyTo(target.Bytes);
            _connection.Loop.ReturnBlock(old);
        }

        _block = target;
        _flushed -= _start;
        _start = 0;
        _end = pending;
    }

    private void ReleaseBlock(Block block)
    {
        _block = null;
        _start = _end = _flushed = 0;
        _connection.Loop.ReturnBlock(block);
    }

    private static void ThrowAwaitedTwice() => throw new InvalidOperationException("a flush was awaited twice");
}
