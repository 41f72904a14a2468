using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>A client's connection to a TCP endpoint. Every byte that comes back is checked.</summary>
internal sealed class TcpPeer : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _turn = new(1);

    private TcpPeer(Socket socket, int version) => (_stream, Version) = (new NetworkStream(socket, ownsSocket: true), version);

    /// <summary>The number of the version that greeted.</summary>
    public int Version { get; }

    /// <summary>Connects, and takes the greeting.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="versions">Who may greet.</param>
    /// <param name="cancel">Gives it up.</param>
    public static async Task<TcpPeer> ConnectAsync(IPEndPoint address, VersionNames versions, CancellationToken cancel)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancel);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            string greeting;
            try
            {
                greeting = await Line.ReadAsync(stream, cancel);
            }
            catch (FormatException e)
            {
                throw new StepFailedException(Failures.Malformed, e.Message);
            }

            int version = versions.IndexOf(Encoding.ASCII.GetBytes(greeting));
            return version >= 0 ? new TcpPeer(socket, version) : throw new StepFailedException(Failures.Malformed, $"greeted by \"{greeting}\", which is no version");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Tells the endpoint what to do.</summary>
    public ValueTask OrderAsync(TcpOrder order, CancellationToken cancel) => _stream.WriteAsync(Encoding.ASCII.GetBytes($"{order}\n"), cancel);

    /// <summary>Sends content and gets it back; the connection goes on. Those who come while another does so wait.</summary>
    public async Task ExchangeAsync(long number, long bytes, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await TogetherAsync(stop => SendAsync(number, bytes, stop), stop => ReceiveAsync(number, bytes, isLast: false, stop), cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends content, ends its own side, and gets all of the content back, with the endpoint's end right behind it.</summary>
    public Task ExchangeLastAsync(long number, long bytes, CancellationToken cancel) => TogetherAsync(
        async stop =>
        {
            await SendAsync(number, bytes, stop);
            _stream.Socket.Shutdown(SocketShutdown.Send);
        },
        stop => ReceiveAsync(number, bytes, isLast: true, stop),
        cancel);

    /// <summary>Waits for the endpoint's end, then sends content and ends its own side.</summary>
    public async Task SendBehindEndAsync(long number, long bytes, CancellationToken cancel)
    {
        await ReceiveAsync(number, 0, isLast: true, cancel);
        await SendAsync(number, bytes, cancel);
        _stream.Socket.Shutdown(SocketShutdown.Send);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _turn.Dispose();
    }

    // What fails first ends the other: a receiver would wait in vain for what a sender could not send.
    private static async Task TogetherAsync(Func<CancellationToken, Task> send, Func<CancellationToken, Task> receive, CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task sending = send(both.Token);
        Task receiving = receive(both.Token);
        Task first = await Task.WhenAny(sending, receiving);
        if (!first.IsCompletedSuccessfully) await both.CancelAsync();
        await Task.WhenAll(sending, receiving).ContinueWith(static _ => { }, TaskScheduler.Default);
        await first;
        await Task.WhenAll(sending, receiving);
    }

    private async Task SendAsync(long number, long bytes, CancellationToken cancel)
    {
        var pattern = new BodyPattern(number);
        // The same pieces for the same content.
        var random = new Random((int)number);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long sent = 0; sent < bytes;)
            {
                int size = (int)Math.Min(bytes - sent, 1 + random.Next(PieceBytes));
                pattern.Fill(sent, buffer.AsSpan(0, size));
                await _stream.WriteAsync(buffer.AsMemory(0, size), cancel);
                sent += size;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAsync(long number, long bytes, bool isLast, CancellationToken cancel)
    {
        var check = new BodyCheck(new BodyPattern(number), bytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (isLast || check.Position < bytes)
            {
                int read = await _stream.ReadAsync(buffer, cancel);
                if (read == 0) break;
                check.Take(buffer.AsSpan(0, read));
                if (check.WrongAt >= 0) break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (check.Fault is { } fault) throw new StepFailedException(check.WrongAt < 0 ? Failures.Closed : Failures.Content, $"the echo of {bytes} bytes (pattern {number}): {fault}", Version);
    }
}
