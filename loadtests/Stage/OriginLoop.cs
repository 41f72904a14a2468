using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.Sockets;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Stage;

/// <summary>Serves all <see cref="HttpOrigin"/>s on one thread.</summary>
internal sealed class OriginLoop : IDisposable
{
    // A posted command is taken up within this.
    private const double WaitSecondsMax = 0.002;
    private const int HealthPathLength = 11;

    private readonly Poller _poller = Poller.Create();
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly List<Peer?> _peers = [];
    private readonly Stack<int> _free = [];
    private readonly PriorityQueue<(Peer Peer, byte[] Answer), long> _delayed = new();
    private readonly byte[] _received = new byte[256 * 1024];
    private readonly Thread _thread;
    private volatile bool _stops;

    public OriginLoop()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "origins" };
        _thread.Start();
    }

    /// <summary>Takes up an origin.</summary>
    public void Add(HttpOrigin origin) => Do(() => Watch(origin));

    /// <summary>Takes an endpoint down: it listens no more, and its connections are reset. Returns when that is so.</summary>
    public void TakeDown(HttpOrigin origin) => Do(() =>
    {
        foreach (Peer? peer in _peers.ToArray())
        {
            if (peer?.Origin != origin) continue;
            // A reset, as of a process that was killed with data unread.
            if (!peer.IsListener) peer.Socket.LingerState = new LingerOption(enable: true, 0);
            Forget(peer);
        }

        origin.Close();
    });

    /// <summary>Lets an endpoint come back at its address.</summary>
    public void BringUp(HttpOrigin origin) => Do(() =>
    {
        if (origin.Listener is not null) return;
        origin.Open();
        Watch(origin);
    });

    public void Dispose()
    {
        _stops = true;
        _thread.Join();
        foreach (Peer? peer in _peers) peer?.Socket.Dispose();
        _poller.Dispose();
    }

    private void Do(Action act)
    {
        using var done = new ManualResetEventSlim();
        Exception? failure = null;
        _posted.Enqueue(() =>
        {
            try
            {
                act();
            }
            catch (SocketException e)
            {
                failure = e;
            }

            done.Set();
        });
        done.Wait();
        if (failure is not null) throw new IOException($"an origin: {failure.Message}", failure);
    }

    private void Run()
    {
        var ready = new List<int>();
        while (!_stops)
        {
            while (_posted.TryDequeue(out Action? act)) act();
            double wait = WaitSecondsMax;
            if (_delayed.TryPeek(out _, out long due)) wait = Math.Clamp((due - Environment.TickCount64) / 1e3, 0, WaitSecondsMax);
            _poller.Wait(wait, ready);
            foreach (int token in ready)
            {
                if (_peers[token] is not { } peer) continue;
                if (peer.IsListener) Accept(peer);
                else Serve(peer);
            }

            while (_delayed.TryPeek(out (Peer Peer, byte[] Answer) next, out due) && due <= Environment.TickCount64)
            {
                _delayed.Dequeue();
                if (_peers[next.Peer.Token] == next.Peer) Send(next.Peer, next.Answer);
            }
        }
    }

    private void Watch(HttpOrigin origin) => Take(origin.Listener!, origin, isListener: true);

    private void Take(Socket socket, HttpOrigin origin, bool isListener)
    {
        if (!_free.TryPop(out int token))
        {
            token = _peers.Count;
            _peers.Add(null);
        }

        _peers[token] = new Peer(socket, token, origin, isListener);
        _poller.Add(socket, token, wantsWrite: false);
    }

    private void Accept(Peer listener)
    {
        try
        {
            Socket socket = listener.Socket.Accept();
            socket.Blocking = false;
            socket.NoDelay = true;
            Take(socket, listener.Origin, isListener: false);
        }
        catch (SocketException)
        {
            // Gone before it was accepted.
        }
    }

    private void Forget(Peer peer)
    {
        _poller.Remove(peer.Socket, peer.Token);
        peer.Socket.Dispose();
        _peers[peer.Token] = null;
        _free.Push(peer.Token);
    }

    private void Serve(Peer peer)
    {
        int read = peer.Socket.Receive(_received, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock) return;
        if (error != SocketError.Success || read == 0)
        {
            Forget(peer);
            return;
        }

        ReadOnlySpan<byte> data = _received.AsSpan(0, read);
        if (peer.Rest.Length > 0)
        {
            byte[] joined = [.. peer.Rest, .. data];
            data = joined;
        }

        while (true)
        {
            int skipped = (int)Math.Min(peer.ContentLeft, data.Length);
            data = data[skipped..];
            peer.ContentLeft -= skipped;
            int end = data.IndexOf("\r\n\r\n"u8);
            if (end < 0) break;
            ReadOnlySpan<byte> head = data[..(end + 2)];
            peer.ContentLeft = LengthOf(head);
            data = data[(end + 4)..];
            Answer(peer, head);
            if (_peers[peer.Token] != peer) return;
        }

        peer.Rest = data.ToArray();
    }

    private void Answer(Peer peer, ReadOnlySpan<byte> head)
    {
        bool isHealth = head.Length > HealthPathLength && head.StartsWith("GET /health "u8);
        byte[] answer = isHealth ? peer.Origin.AnswerHealth() : peer.Origin.Answer();
        if (peer.Origin.Hangs) return;
        double delay = peer.Origin.DelaySeconds;
        if (delay > 0 && !isHealth) _delayed.Enqueue((peer, answer), Environment.TickCount64 + (long)(delay * 1000));
        else Send(peer, answer);
    }

    // Answers are small: they fit into the socket's buffer unless the other side reads nothing, and then it is to blame.
    private void Send(Peer peer, byte[] answer)
    {
        int sent = peer.Socket.Send(answer, SocketFlags.None, out SocketError error);
        if (error != SocketError.Success || sent < answer.Length) Forget(peer);
    }

    private static long LengthOf(ReadOnlySpan<byte> head)
    {
        int at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0) at = head.IndexOf("\r\ncontent-length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 18)..], out long length, out _) ? length : 0;
    }

    private sealed class Peer(Socket socket, int token, HttpOrigin origin, bool isListener)
    {
        public Socket Socket => socket;

        public int Token => token;

        public HttpOrigin Origin => origin;

        public bool IsListener => isListener;

        public byte[] Rest { get; set; } = [];

        public long ContentLeft { get; set; }
    }
}
