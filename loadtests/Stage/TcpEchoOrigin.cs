using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Exchanges;

namespace FastCanary.LoadTests.Stage;

/// <summary>
/// A TCP endpoint. It speaks first, its version in a line; the peer's first line says what it is to do (<see cref="TcpOrder"/>). It passes on half-closes as soon as the order allows.
/// </summary>
internal sealed class TcpEchoOrigin : AsyncOrigin
{
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _greeting;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<string?>> _awaited = new();

    /// <param name="version">What it tells.</param>
    /// <param name="address">Where it listens.</param>
    public TcpEchoOrigin(string version, IPEndPoint address)
        : base(address)
    {
        _greeting = Encoding.ASCII.GetBytes(version + "\n");
        Start();
    }

    /// <summary>What came of a <see cref="TcpOrder.Sink"/>. To be asked before the order is sent.</summary>
    /// <param name="number">Of the order.</param>
    /// <returns>Ends with the connection; null where the content was right, else what was wrong with it.</returns>
    public Task<string?> VerdictAsync(long number) => _awaited.GetOrAdd(number, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    protected override async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync(_greeting, stop);
        TcpOrder order = TcpOrder.From(await Line.ReadAsync(stream, stop));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            switch (order.Kind)
            {
                case TcpOrderKind.Echo:
                    while (await stream.ReadAsync(buffer, stop) is > 0 and var read) await stream.WriteAsync(buffer.AsMemory(0, read), stop);
                    break;
                case TcpOrderKind.LateEcho:
                    using (var all = new MemoryStream())
                    {
                        await stream.CopyToAsync(all, stop);
                        await stream.WriteAsync(all.GetBuffer().AsMemory(0, (int)all.Length), stop);
                    }

                    break;
                case TcpOrderKind.Sink:
                    await SinkAsync(socket, stream, order, buffer, stop);
                    break;
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SinkAsync(Socket socket, NetworkStream stream, TcpOrder order, byte[] buffer, CancellationToken stop)
    {
        var check = new BodyCheck(new BodyPattern(order.Number), order.Bytes);
        string? verdict = "broken off";
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            while (await stream.ReadAsync(buffer, stop) is > 0 and var read) check.Take(buffer.AsSpan(0, read));
            verdict = check.Fault;
        }
        finally
        {
            if (_awaited.TryRemove(order.Number, out TaskCompletionSource<string?>? awaited)) awaited.SetResult(verdict);
        }
    }
}
