using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Stage;

/// <summary>An endpoint whose connections are each an asynchronous method. Listens as soon as <see cref="Start"/> was called.</summary>
internal abstract class AsyncOrigin : IDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;
    private Exception? _fault;
    private long _accepted;
    private long _broken;
    private int _open;

    /// <param name="address">Where it listens; with port 0 it takes a free one.</param>
    /// <exception cref="IOException">It cannot.</exception>
    protected AsyncOrigin(IPEndPoint address)
    {
        _listener = OriginListener.Open(GetType().Name, address);
        Address = (IPEndPoint)_listener.LocalEndPoint!;
    }

    public IPEndPoint Address { get; }

    /// <summary>Connections so far.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that ended otherwise than they should: reset, cut off, with what is no request.</summary>
    public long Broken => Volatile.Read(ref _broken);

    /// <summary>Connections at this moment.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Waits, not for long, until no connection is left: what its counts say of those that were closed is final then.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        for (int i = 0; Open > 0 && i < 500; i++) await Task.Delay(10, cancel);
    }

    /// <summary>Throws what an endpoint's own code threw for a reason of its own.</summary>
    public void ThrowFault()
    {
        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
    }

    public void Dispose()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        SpinWait.SpinUntil(() => Open == 0, TimeSpan.FromSeconds(2));
        _stop.Dispose();
    }

    /// <summary>Serves a connection to its end; it is closed then.</summary>
    protected abstract Task ServeAsync(Socket socket, CancellationToken stop);

    /// <summary>Begins to accept.</summary>
    protected void Start() => _accepting = Task.Run(AcceptAsync);

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                Interlocked.Increment(ref _open);
                _ = Task.Run(() => RunAsync(socket));
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.TooManyOpenSockets)
            {
                // Gone before it was accepted.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                Interlocked.CompareExchange(ref _fault, e, null);
                return;
            }
        }
    }

    private async Task RunAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await ServeAsync(socket, _stop.Token);
        }
        catch (Exception e) when (_stop.IsCancellationRequested || e is FormatException || Failures.Of(e) is not null)
        {
            Interlocked.Increment(ref _broken);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
        }
        finally
        {
            socket.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }
}
