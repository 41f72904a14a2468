using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>
/// An upstream that does what the path asks for, checks every byte that it gets, and keeps nothing: a thread per connection, all blocking. What
/// it draws is drawn from the request's token.
/// </summary>
internal sealed class SoakOrigin : IDisposable
{
    // So much fits into any receive buffer: on the loopback it has arrived when it is sent.
    private const int DeliveredBytesMax = 2048;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Wire, byte> _open = new();
    private readonly SoakCounts _counts;
    private readonly SoakPosts _posts;
    private volatile bool _stopped;

    public SoakOrigin(SoakCounts counts, SoakPosts posts)
    {
        _counts = counts;
        _posts = posts;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        new Thread(Accept, 256 << 10) { Name = "origin", IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections whose threads still run.</summary>
    public int Connections => _open.Count;

    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        foreach (var wire in _open.Keys) wire.Dispose();
    }

    private void Accept()
    {
        while (!_stopped)
        {
            try
            {
                var wire = new Wire(_listener.Accept(), isPatient: true);
                _open.TryAdd(wire, 0);
                new Thread(() => Serve(wire), 256 << 10) { Name = "origin connection", IsBackground = true }.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (!_stopped) _counts.Fault($"an origin no longer accepts: {e}");
                return;
            }
        }
    }

    private void Serve(Wire wire)
    {
        SoakRequest? request = null;
        try
        {
            var sender = new SoakSender(wire.Socket);
            var goesOn = true;
            while (goesOn && SoakHead.Read(wire) is { } head)
            {
                request = SoakRequest.Parse(head);
                goesOn = Handle(wire, sender, request, SoakRandom.Of(request.Token, 1));
            }
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.TimedOut)
        {
            // The proxy may leave at any time: its client has, or an earlier part of this answer was enough.
        }
        catch (ObjectDisposedException)
        {
            // Reset by this side, or the soak is over.
        }
        catch (Exception e)
        {
            if (!_stopped) _counts.Fault($"at an origin, {request}: {e}");
        }
        finally
        {
            wire.Dispose();
            _open.TryRemove(wire, out _);
        }
    }

    /// <returns>False where the connection ends here.</returns>
    private bool Handle(Wire wire, SoakSender sender, SoakRequest request, SoakRandom random)
    {
        _counts.Count(request.Behaviour);
        if (request.IsPost && !_posts.TryAdd(request.Client, request.Number)) throw new InvalidDataException("a POST was sent twice");
        if (request.ExpectedStatus == 413)
        {
            AnswerEarly(wire, sender, request);
            return false;
        }

        if (request.ExpectsContinue)
        {
            sender.Text("HTTP/1.1 100 Continue\r\n\r\n").Flush();
        }

        if (request.IsPost && !TakeBody(wire, request)) return false;
        if (request.IsBroken)
        {
            BreakOff(wire, sender, request, random);
            return false;
        }

        Answer(sender, request, random);
        if (request.Behaviour is OriginBehaviour.UntilClose or OriginBehaviour.Http10 or OriginBehaviour.Http10UntilClose or OriginBehaviour.CloseAnnounced or OriginBehaviour.CloseSilent)
            return false;
        // An idle connection's end races with its next use.
        if (!random.OneIn(24) || wire.HasInput(random.Below(15))) return true;
        // A reset takes with it what is still to be sent: only where nothing can be.
        if (request.Size <= DeliveredBytesMax && random.OneIn(4)) wire.Reset();
        return false;
    }

    private bool TakeBody(Wire wire, SoakRequest request)
    {
        var body = new SoakBody(wire, SoakPattern.RequestKey(request.Token), request.BodySize);
        if (request.IsChunked) body.ReadChunks();
        else body.ReadLength(request.BodySize);
        _counts.CountBytes(body.Received);
        if (body.IsComplete) return true;
        if (!request.IsAborted && !_stopped) throw new InvalidDataException($"only {body.Received} bytes of its body came; the connection: {wire.End}");
        return false;
    }

    private static void AnswerEarly(Wire wire, SoakSender sender, SoakRequest request)
    {
        sender.Text($"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: {request.Size}\r\n{Token(request)}\r\n");
        sender.Pattern(SoakPattern.ResponseKey(request.Token), 0, request.Size).Flush();
        if (request.Behaviour != OriginBehaviour.EarlyAnswer) return;
        wire.Finish();
        Span<byte> dropped = stackalloc byte[4096];
        while (wire.ReadSome(dropped) > 0)
        {
        }
    }

    private static void Answer(SoakSender sender, SoakRequest request, SoakRandom random)
    {
        var key = SoakPattern.ResponseKey(request.Token);
        var fields = Token(request);
        if (request.Behaviour == OriginBehaviour.Interim) sender.Text($"HTTP/1.1 103 Early Hints\r\n{fields}\r\n");
        if (request.Behaviour == OriginBehaviour.Interim && random.OneIn(2)) sender.Flush();
        sender.Text(request.Behaviour switch
        {
            OriginBehaviour.ChunkedLarge or OriginBehaviour.ChunkedTiny => $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{fields}\r\n",
            OriginBehaviour.UntilClose => $"HTTP/1.1 200 OK\r\nConnection: close\r\n{fields}\r\n",
            OriginBehaviour.Http10 => $"HTTP/1.0 200 OK\r\nContent-Length: {request.Size}\r\n{fields}\r\n",
            OriginBehaviour.Http10UntilClose => $"HTTP/1.0 200 OK\r\n{fields}\r\n",
            OriginBehaviour.CloseAnnounced => $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {request.Size}\r\n{fields}\r\n",
            _ => $"HTTP/1.1 200 OK\r\nContent-Length: {request.Size}\r\n{fields}\r\n",
        });
        if (random.OneIn(2)) sender.Flush();
        if (!request.IsHead)
        {
            if (request.Behaviour == OriginBehaviour.ChunkedLarge) sender.Chunks(key, request.Size, 40 << 10, 300 << 10, 2, random).Text("0\r\n\r\n");
            else if (request.Behaviour == OriginBehaviour.ChunkedTiny) sender.Chunks(key, request.Size, 1, 64, 20, random).Text("0\r\n\r\n");
            else sender.Pattern(key, 0, request.Size);
        }

        sender.Flush();
    }

    private static void BreakOff(Wire wire, SoakSender sender, SoakRequest request, SoakRandom random)
    {
        if (request.Cut != SoakRequest.CutBeforeHead)
        {
            var key = SoakPattern.ResponseKey(request.Token);
            var fields = Token(request);
            if (request.BrokenFraming == 1)
            {
                // One chunk with a border at the cut half of the time: then only the last chunk is missing.
                sender.Text($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{fields}\r\n");
                if (random.OneIn(2)) sender.Chunks(key, request.Cut, 1, 100_000, 4, random);
                else sender.Text(string.Create(CultureInfo.InvariantCulture, $"{request.Size:x}\r\n")).Pattern(key, 0, request.Cut);
            }
            else
            {
                sender.Text(request.BrokenFraming == 0 ? $"HTTP/1.1 200 OK\r\nContent-Length: {request.Size}\r\n{fields}\r\n" : $"HTTP/1.1 200 OK\r\n{fields}\r\n");
                sender.Pattern(key, 0, request.Cut);
            }

            sender.Flush();
            // Time for what was sent to be passed on before the end comes.
            if (random.OneIn(2)) Thread.Sleep(random.Below(10));
        }

        if (request.Behaviour == OriginBehaviour.Reset) wire.Reset();
    }

    private static string Token(SoakRequest request) => string.Create(CultureInfo.InvariantCulture, $"X-Token: {request.Token:x16}\r\nX-Size: {request.Size}\r\n");
}
