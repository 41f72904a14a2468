using System.Net;
using System.Net.Sockets;

namespace FastCanary.LoadTests.Tests.Support;

/// <summary>A TCP relay that can do one thing wrong in one direction of each connection: what a broken proxy would do.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly RelayFault _fault;
    private readonly bool _isUpstream;
    private readonly long _at;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="target">Where connections go on.</param>
    /// <param name="fault">What is done wrong.</param>
    /// <param name="isUpstream">Whether it is in what clients send.</param>
    /// <param name="at">Behind so many bytes of that direction.</param>
    public Relay(IPEndPoint target, RelayFault fault, bool isUpstream, long at = 0)
    {
        (_target, _fault, _isUpstream, _at) = (target, fault, isUpstream, at);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _ = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose()
    {
        _listener.Dispose();
        _end.TrySetResult();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RelayAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using (client)
        {
            using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await server.ConnectAsync(_target);
                Task up = CopyAsync(client, server, _isUpstream ? _fault : RelayFault.None);
                Task down = CopyAsync(server, client, _isUpstream ? RelayFault.None : _fault);
                Task first = await Task.WhenAny(up, down);
                bool endsBoth = _fault == RelayFault.CloseBoth && first == (_isUpstream ? up : down);
                if (!endsBoth && !first.IsFaulted) await Task.WhenAll(up, down);
                // Nor does it close when both have ended.
                if (_fault == RelayFault.KeepOpen) await _end.Task;
            }
            catch (SocketException)
            {
                // One side has broken off: so does the other.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, RelayFault fault)
    {
        byte[] buffer = new byte[64 * 1024];
        long position = 0;
        while (await from.ReceiveAsync(buffer) is > 0 and var read)
        {
            byte[] piece = buffer[..read];
            bool isHere = _at >= position && _at < position + read;
            int place = (int)(_at - position);
            position += read;
            if (isHere)
            {
                switch (fault)
                {
                    case RelayFault.Flip:
                        piece[place] ^= 1;
                        break;
                    case RelayFault.Lose:
                        piece = [.. piece[..place], .. piece[(place + 1)..]];
                        break;
                    case RelayFault.Double:
                        piece = [.. piece[..(place + 1)], .. piece[place..]];
                        break;
                    case RelayFault.Truncate:
                        await to.SendAsync(piece.AsMemory(0, place));
                        to.Shutdown(SocketShutdown.Both);
                        from.Shutdown(SocketShutdown.Both);
                        return;
                    case RelayFault.Reset:
                        from.LingerState = to.LingerState = new LingerOption(enable: true, 0);
                        from.Dispose();
                        to.Dispose();
                        return;
                }
            }

            for (int sent = 0; sent < piece.Length;) sent += await to.SendAsync(piece.AsMemory(sent));
        }

        if (fault != RelayFault.KeepOpen) to.Shutdown(SocketShutdown.Send);
    }
}
