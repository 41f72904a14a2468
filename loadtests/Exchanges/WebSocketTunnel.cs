using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>
/// A client's WebSocket (RFC 6455) to an endpoint that sends everything back, by .NET's own: messages go out in fragments, and each echo is checked in order.
/// Pings go out at an interval; where no pong comes, the tunnel breaks.
/// </summary>
internal sealed class WebSocketTunnel : IDisposable
{
    /// <summary>As text: the endpoint is to close with this status.</summary>
    public const string CloseOrder = "close ";

    private const int FragmentBytesMax = 16 * 1024;
    private const int ReceiveBytes = 4096;
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PongTimeOut = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<WebSocketMessage> _awaited = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;
    private Exception? _broken;
    private bool _isClosing;

    private WebSocketTunnel(ClientWebSocket socket) => _socket = socket;

    /// <summary>Whether it has ended otherwise than by a close that was asked for.</summary>
    public bool IsBroken => Volatile.Read(ref _broken) is not null;

    /// <summary>Does the handshake.</summary>
    /// <param name="http">Makes the connection.</param>
    /// <param name="host">The <c>Host</c> field.</param>
    /// <param name="cancel">Gives it up.</param>
    public static async Task<WebSocketTunnel> OpenAsync(HttpMessageInvoker http, string host, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = PingInterval;
            socket.Options.KeepAliveTimeout = PongTimeOut;
            socket.Options.CollectHttpResponseDetails = true;
            await ConnectAsync(socket, http, host, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var tunnel = new WebSocketTunnel(socket);
        tunnel._receiving = Task.Run(tunnel.ReceiveAllAsync, CancellationToken.None);
        return tunnel;
    }

    /// <summary>Sends a message and awaits its echo, behind those that were sent before.</summary>
    /// <exception cref="StepFailedException">The echo is wrong.</exception>
    public async Task ExchangeAsync(WebSocketMessage message, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            lock (_awaited)
            {
                ThrowIfBroken();
                _awaited.Enqueue(message);
            }

            await SendAsync(message).WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // Within a message a WebSocket is of no use for another.
            Break(new StepFailedException(Failures.TimeOut, $"{message} could not be sent"));
            throw;
        }
        finally
        {
            _turn.Release();
        }

        await message.Echoed.WaitAsync(cancel);
    }

    /// <summary>Closes it from this side, and awaits the endpoint's answer.</summary>
    public async Task CloseAsync(int status, CancellationToken cancel)
    {
        lock (_awaited) ThrowIfBroken();
        Volatile.Write(ref _isClosing, value: true);
        await _socket.CloseOutputAsync((WebSocketCloseStatus)status, ReasonOf(status), cancel);
        await ExpectClosedAsync(status, cancel);
    }

    /// <summary>Lets the endpoint close it.</summary>
    public async Task LetCloseAsync(int status, CancellationToken cancel)
    {
        lock (_awaited) ThrowIfBroken();
        Volatile.Write(ref _isClosing, value: true);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(CloseOrder + status), WebSocketMessageType.Text, endOfMessage: true, cancel);
        await ExpectClosedAsync(status, cancel);
    }

    /// <summary>What a close frame says beside its status.</summary>
    public static string ReasonOf(int status) => $"status {status} was asked for";

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _receiving.Wait();
        _stop.Dispose();
        _turn.Dispose();
    }

    private static async Task ConnectAsync(ClientWebSocket socket, HttpMessageInvoker http, string host, CancellationToken cancel)
    {
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{host}/"), http, cancel);
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is not 0 and not System.Net.HttpStatusCode.SwitchingProtocols)
        {
            throw new StepFailedException(Failures.Status((int)socket.HttpStatusCode), e.Message);
        }
    }

    private async Task SendAsync(WebSocketMessage message)
    {
        var random = new Random((int)message.Number);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FragmentBytesMax);
        try
        {
            long sent = 0;
            do
            {
                int size = (int)Math.Min(message.Bytes - sent, 1 + random.Next(FragmentBytesMax));
                message.Pattern.Fill(sent, buffer.AsSpan(0, size));
                sent += size;
                await _socket.SendAsync(buffer.AsMemory(0, size), message.Type, endOfMessage: sent == message.Bytes, _stop.Token);
            }
            while (sent < message.Bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAllAsync()
    {
        byte[] buffer = new byte[ReceiveBytes];
        try
        {
            while (await ReceiveAsync(buffer))
            {
            }

            if (!Volatile.Read(ref _isClosing)) Break(new StepFailedException(Failures.Closed, $"the tunnel was closed with status {(int?)_socket.CloseStatus}"));
        }
        catch (Exception e)
        {
            Break(e);
        }
    }

    /// <summary>Takes one message.</summary>
    /// <returns>False where the endpoint closes instead.</returns>
    private async Task<bool> ReceiveAsync(byte[] buffer)
    {
        ValueWebSocketReceiveResult piece = await _socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
        if (piece.MessageType == WebSocketMessageType.Close) return false;
        WebSocketMessage? message;
        lock (_awaited)
        {
            // It stays at the head until it is whole, so that it fails with the tunnel.
            if (!_awaited.TryPeek(out message)) throw new StepFailedException(Failures.Content, "a message that nobody has asked for");
        }

        var check = new BodyCheck(message.Pattern, message.Bytes);
        while (true)
        {
            check.Take(buffer.AsSpan(0, piece.Count));
            if (piece.MessageType != message.Type) throw new StepFailedException(Failures.Content, $"{message}: the echo is {piece.MessageType}");
            if (piece.EndOfMessage) break;
            piece = await _socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
        }

        if (check.Fault is { } fault) throw new StepFailedException(Failures.Content, $"{message}: the echo's {fault}");
        lock (_awaited) _awaited.Dequeue();
        message.Complete();
        return true;
    }

    private void Break(Exception e)
    {
        lock (_awaited)
        {
            Volatile.Write(ref _broken, e);
            foreach (WebSocketMessage message in _awaited) message.Fail(e);
            _awaited.Clear();
        }
    }

    private void ThrowIfBroken()
    {
        if (_broken is null) return;
        // A fault of this program stays one.
        if (Failures.Of(_broken) is not { } kind) throw new InvalidOperationException($"a tunnel's receiver: {_broken}", _broken);
        throw new StepFailedException(kind, $"the tunnel has broken: {_broken.Message}");
    }

    private async Task ExpectClosedAsync(int status, CancellationToken cancel)
    {
        await _receiving.WaitAsync(cancel);
        lock (_awaited) ThrowIfBroken();
        if ((int?)_socket.CloseStatus != status || _socket.CloseStatusDescription != ReasonOf(status))
            throw new StepFailedException(Failures.Content, $"closed with status {(int?)_socket.CloseStatus} \"{_socket.CloseStatusDescription}\" instead of {status} \"{ReasonOf(status)}\"");
        if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync((WebSocketCloseStatus)status, ReasonOf(status), cancel);
    }
}
