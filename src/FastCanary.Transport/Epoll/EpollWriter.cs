using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace FastCanary.Transport.Epoll;

/// <summary>
/// A connection's output. What is written gathers in one block of the loop; a flush gives it to the kernel in one call, together with the
/// caller's own memory in <see cref="WriteAsync"/>, which is sent from where it lies. A flush that the kernel takes whole completes at once;
/// otherwise it completes when the last byte is taken: that is the back-pressure.
/// </summary>
internal sealed unsafe class EpollWriter(EpollConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    // A body this small is cheaper to copy behind its head than to send as a second vector.
    private const int CopyBytesMax = 2048;

    private Action<object?>? _continuation;
    private object? _continuationState;
    private Block? _block;
    private int _start;
    private int _end;
    private ReadOnlyMemory<byte> _borrowed;
    private short _version;
    private WaitState _wait;
    private bool _cancelled;
    private bool _failed;

    /// <summary>A flush waits for the kernel.</summary>
    public bool IsWaiting => _wait == WaitState.Waiting;

    public bool IsQuiet => _end == _start && _borrowed.IsEmpty && !_failed && !_cancelled && _wait == WaitState.None;

    public long BytesSent { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _start;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _block!.Bytes.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _block!.Bytes.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        if (_block is null || (uint)bytes > (uint)(_block.Size - _end)) throw new InvalidOperationException("advanced beyond the span that was handed out");
        _end += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        connection.Loop.AssertCurrent();
        Debug.Assert(_wait == WaitState.None, "one flush at a time");
        if (_cancelled || TrySend()) return new ValueTask<FlushResult>(TakeResult());
        _wait = WaitState.Waiting;
        return new ValueTask<FlushResult>(this, _version);
    }

    /// <param name="source">Stays as it is until the result is there.</param>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
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

        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        if (_wait == WaitState.Completing) return;
        _cancelled = true;
        if (_wait != WaitState.Waiting) return;
        _wait = WaitState.Completing;
        connection.Loop.Enqueue(connection, EpollConnection.WriteReady);
    }

    public override void Complete(Exception? exception = null)
    {
        // The connection's owner closes the connection.
    }

    public FlushResult GetResult(short token)
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

    /// <summary>Called from the loop's ready queue: sends on and continues who waits.</summary>
    public void Run()
    {
        if (_wait == WaitState.None || (_wait == WaitState.Waiting && !TrySend())) return;
        _wait = WaitState.None;
        var continuation = _continuation;
        var state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation?.Invoke(state);
    }

    /// <summary>The connection is closed: drops what is unsent and ends a pending flush.</summary>
    public void Close()
    {
        _failed = true;
        _borrowed = default;
        ReleaseBlock();
        if (_wait != WaitState.Waiting) return;
        _wait = WaitState.Completing;
        connection.Loop.Enqueue(connection, EpollConnection.WriteReady);
    }

    private FlushResult TakeResult()
    {
        var cancelled = _cancelled;
        _cancelled = false;
        // The caller gets its memory back with any result.
        if (cancelled) _borrowed = default;
        return new FlushResult(cancelled, _failed);
    }

    /// <returns>True when all is sent, or sending has failed.</returns>
    private bool TrySend()
    {
        // Written to after its end: what was gathered since goes back.
        if (_failed) return Fail();
        if (connection.IsConnecting && !connection.TryFinishConnecting())
        {
            if (connection.Failure == ConnectionFailure.None) return false;
            return Fail();
        }

        while (_end > _start || !_borrowed.IsEmpty)
        {
            var sent = SendOnce(out var errno);
            if (sent < 0)
            {
                if (errno == Errno.Interrupted) continue;
                if (errno == Errno.Again) return false;
                connection.Fail(errno);
                return Fail();
            }

            BytesSent += sent;
            var fromBlock = (int)Math.Min(sent, _end - _start);
            _start += fromBlock;
            _borrowed = _borrowed[(int)(sent - fromBlock)..];
        }

        ReleaseBlock();
        return true;
    }

    private nint SendOnce(out int errno)
    {
        nint sent;
        var pending = _end - _start;
        fixed (byte* borrowed = _borrowed.Span)
        {
            if (pending == 0)
            {
                sent = Libc.Send(connection.Descriptor, borrowed, _borrowed.Length, Libc.NoSignal);
            }
            else
            {
                fixed (byte* own = &_block!.At(_start))
                {
                    if (_borrowed.IsEmpty)
                    {
                        sent = Libc.Send(connection.Descriptor, own, pending, Libc.NoSignal);
                    }
                    else
                    {
                        var vectors = stackalloc Libc.IoVector[2];
                        vectors[0] = new Libc.IoVector { Base = own, Length = pending };
                        vectors[1] = new Libc.IoVector { Base = borrowed, Length = _borrowed.Length };
                        var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = 2 };
                        sent = Libc.SendMessage(connection.Descriptor, &message, Libc.NoSignal);
                    }
                }
            }
        }

        errno = sent < 0 ? Libc.LastError : 0;
        return sent;
    }

    private bool Fail()
    {
        _failed = true;
        _borrowed = default;
        ReleaseBlock();
        return true;
    }

    private void MakeRoom(int bytes)
    {
        if (_block is { } block && block.Size - _end >= bytes) return;
        var pending = _end - _start;
        var sizeClass = BlockPool.ClassFor(pending + bytes);
        if (sizeClass < 0) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "more than the largest block");
        var target = connection.Loop.Blocks.Rent(sizeClass);
        if (_block is { } old)
        {
            old.Bytes.AsSpan(_start, pending).CopyTo(target.Bytes);
            connection.Loop.ReturnBlock(old);
        }

        _block = target;
        _start = 0;
        _end = pending;
    }

    private void ReleaseBlock()
    {
        if (_block is null) return;
        connection.Loop.ReturnBlock(_block);
        _block = null;
        _start = _end = 0;
    }

    private static void ThrowAwaitedTwice() => throw new InvalidOperationException("a flush was awaited twice");

    private enum WaitState : byte
    {
        None,
        Waiting,
        Completing,
    }
}
