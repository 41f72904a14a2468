using System.Net.Sockets;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Engine;

/// <summary>
/// One thread of a load: it sends requests when they are due, whatever became of those before, and takes the answers.
/// A request that is due while every connection is busy waits here, and its latency runs: a slow server cannot hide its queue behind a client that asks less
/// (coordinated omission). In stretches with copies it sends the next request when an answer is there.
/// </summary>
internal sealed class HttpLoop : IDisposable
{
    /// <summary>How long a request can be.</summary>
    public const int RequestBytesMax = 64 * 1024;

    // What waits beyond this is counted as not sent: the generator's memory is no measure of the server.
    private const int WaitingMax = 2_000_000;
    private const double TimeOutCheckSeconds = 0.05;

    private readonly HttpLoadSettings _settings;
    private readonly IHttpStep _step;
    private readonly LoadCourse _course;
    private readonly StepRecorder _recorder;
    private readonly Poller _poller = Poller.Create();
    private readonly Clock _clock = new();
    private readonly byte[] _request = new byte[RequestBytesMax];
    private readonly byte[] _received = new byte[256 * 1024];
    private readonly List<int> _ready = [];
    private readonly List<HttpConnection?> _connections = [];
    private readonly Stack<int> _freeTokens = [];
    private readonly Queue<HttpConnection> _idle = [];
    private readonly Queue<(long Number, double DueAt)> _waiting = [];
    private readonly int _index;
    private readonly int _connectionsMax;
    private int _open;
    private int _busy;
    private long _number;
    private double _timeOutsCheckedAt;

    /// <param name="settings">How the target is reached.</param>
    /// <param name="index">Which of the load's threads: it sends every request whose number has this remainder.</param>
    /// <param name="step">What is sent.</param>
    /// <param name="simulations">When.</param>
    /// <param name="recorder">Counts.</param>
    public HttpLoop(HttpLoadSettings settings, int index, IHttpStep step, IReadOnlyList<LoadSimulation> simulations, StepRecorder recorder)
    {
        (_settings, _index, _step, _recorder) = (settings, index, step, recorder);
        _course = new LoadCourse(simulations);
        _connectionsMax = Math.Max(1, settings.ConnectionsMax / settings.Threads);
    }

    /// <summary>Runs to the end of the course and of the requests under way, or until <paramref name="cancel"/>, after which nothing more is sent.</summary>
    public void Run(CancellationToken cancel)
    {
        while (_open < Math.Min(_connectionsMax, (_settings.ConnectionsMin + _settings.Threads - 1) / _settings.Threads)) OpenAhead();
        while (true)
        {
            double now = _clock.Seconds;
            bool isOver = cancel.IsCancellationRequested || now >= _course.Seconds;
            double next = isOver ? double.PositiveInfinity : SendDue(now);
            if (!isOver) SendCopies(now);
            if (isOver)
            {
                // What was due by then is still sent; a cancelled load leaves it.
                if (!cancel.IsCancellationRequested) SendDue(_course.Seconds);
                else _waiting.Clear();
                if (_busy == 0 && _waiting.Count == 0) return;
            }

            double wait = Math.Min(next - _clock.Seconds, TimeOutCheckSeconds);
            _poller.Wait(Math.Max(0, wait), _ready);
            foreach (int token in _ready)
                if (_connections[token] is { } connection) Serve(connection);
            CheckTimeOuts();
        }
    }

    public void Dispose()
    {
        foreach (HttpConnection? connection in _connections) connection?.Socket.Dispose();
        _poller.Dispose();
    }

    /// <summary>Takes up every request that is due.</summary>
    /// <returns>When the next one is.</returns>
    private double SendDue(double now)
    {
        while (true)
        {
            double due = _course.NextDue();
            if (due > now || double.IsPositiveInfinity(due)) return due;
            _course.Advance();
            long number = _number++;
            if (number % _settings.Threads != _index) continue;
            if (_waiting.Count >= WaitingMax)
            {
                _recorder.Fail(Failures.NotSent, VersionNames.Unknown);
                continue;
            }

            if (_waiting.Count > 0 || !TrySend(number, due)) _waiting.Enqueue((number, due));
            else _recorder.Lag((long)((_clock.Seconds - due) * 1e6));
        }
    }

    private void SendCopies(double now)
    {
        int copies = _course.CopiesAt(now);
        // Copies are dealt out to the threads like requests.
        int mine = (copies / _settings.Threads) + (copies % _settings.Threads > _index ? 1 : 0);
        for (; _busy < mine; _number++)
            if (!TrySend((_number * _settings.Threads) + _index, now)) return;
    }

    private bool TrySend(long number, double dueAt)
    {
        if (!_idle.TryDequeue(out HttpConnection? connection))
        {
            if (_open >= _connectionsMax) return false;
            connection = Open();
        }

        Begin(connection, number, dueAt);
        return true;
    }

    /// <summary>Gives a free connection a request; one that is being opened sends it when it is open.</summary>
    private void Begin(HttpConnection connection, long number, double dueAt)
    {
        _busy++;
        (connection.IsBusy, connection.Number, connection.DueAt) = (true, number, dueAt);
        connection.Answer.Begin();
        if (!connection.IsConnecting) Send(connection);
    }

    private void OpenAhead()
    {
        HttpConnection connection = Open();
        if (!connection.IsConnecting) _idle.Enqueue(connection);
    }

    private HttpConnection Open()
    {
        var socket = new Socket(_settings.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        if (!_freeTokens.TryPop(out int token))
        {
            token = _connections.Count;
            _connections.Add(null);
        }

        var connection = new HttpConnection(socket, token, _recorder.Versions) { IsConnecting = true };
        _connections[token] = connection;
        _open++;
        _recorder.Open();
        try
        {
            socket.Connect(_settings.Address);
            connection.IsConnecting = false;
        }
        catch (SocketException)
        {
            // It goes on in the background, or has failed: both are told when it is served.
        }

        _poller.Add(socket, token, connection.IsConnecting);
        return connection;
    }

    private void Send(HttpConnection connection)
    {
        int length = _step.Write(connection.Number, _request);
        SendOn(connection, _request.AsSpan(0, length));
    }

    private void SendOn(HttpConnection connection, ReadOnlySpan<byte> data)
    {
        int sent = connection.Socket.Send(data, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            _recorder.Drop();
            End(connection, Failures.Reset);
            return;
        }

        bool waited = !connection.Unsent.IsEmpty;
        ReadOnlySpan<byte> left = data[Math.Max(0, sent)..];
        connection.Unsent = left.IsEmpty ? default : left.ToArray();
        if (!left.IsEmpty != waited) _poller.Change(connection.Socket, connection.Token, !left.IsEmpty);
    }

    private void Serve(HttpConnection connection)
    {
        if (connection.IsConnecting)
        {
            var error = (SocketError)(int)connection.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success)
            {
                End(connection, Failures.Connect);
                return;
            }

            connection.IsConnecting = false;
            _poller.Change(connection.Socket, connection.Token, wantsWrite: false);
            if (connection.IsBusy) Send(connection);
            else Rest(connection);
            return;
        }

        if (!connection.Unsent.IsEmpty)
        {
            SendOn(connection, connection.Unsent.Span);
            if (_connections[connection.Token] != connection) return;
        }

        Receive(connection);
    }

    private void Receive(HttpConnection connection)
    {
        int read = connection.Socket.Receive(_received, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock) return;
        if (error != SocketError.Success)
        {
            _recorder.Drop();
            End(connection, Failures.Reset);
            return;
        }

        if (read == 0)
        {
            _recorder.Drop();
            if (connection.IsBusy && connection.Answer.EndsWithConnection) Finish(connection);
            End(connection, Failures.Closed);
            return;
        }

        if (!connection.IsBusy)
        {
            // Bytes that nobody asked for.
            _recorder.Fail(Failures.Malformed, VersionNames.Unknown);
            End(connection, Failures.Malformed);
            return;
        }

        ReadOnlySpan<byte> data = _received.AsSpan(0, read);
        if (connection.RestLength > 0)
        {
            connection.Append(data);
            data = connection.Rest;
        }

        try
        {
            bool isWhole = connection.Answer.Read(ref data);
            connection.Keep(data);
            if (!isWhole) return;
        }
        catch (FormatException)
        {
            End(connection, Failures.Malformed);
            return;
        }

        if (!connection.Unsent.IsEmpty || connection.RestLength > 0)
        {
            End(connection, Failures.Malformed);
            return;
        }

        Finish(connection);
        if (connection.Answer.Closes || connection.Answered == _settings.RequestsPerConnection)
        {
            if (connection.Answer.Closes) _recorder.Drop();
            End(connection, Failures.Closed);
            return;
        }

        Rest(connection);
    }

    /// <summary>Gives a connection that is free the request that waits longest, if there is one.</summary>
    private void Rest(HttpConnection connection)
    {
        if (_waiting.TryDequeue(out (long Number, double DueAt) waiting)) Begin(connection, waiting.Number, waiting.DueAt);
        else _idle.Enqueue(connection);
    }

    private void Finish(HttpConnection connection)
    {
        long micros = (long)((_clock.Seconds - connection.DueAt) * 1e6);
        string? failure = _step.Check(connection.Number, connection.Answer);
        if (failure is null) _recorder.Succeed(micros, connection.Answer.Version, connection.Answer.ContentBytes);
        else _recorder.Fail(failure, connection.Answer.Version);
        connection.IsBusy = false;
        connection.Answered++;
        _busy--;
    }

    /// <summary>Closes a connection; a request that was under way has failed. An idle one may end: RFC 9112, section 9.5.</summary>
    private void End(HttpConnection connection, string failure)
    {
        _poller.Remove(connection.Socket, connection.Token);
        connection.Socket.Dispose();
        _connections[connection.Token] = null;
        _freeTokens.Push(connection.Token);
        _open--;
        if (connection.IsBusy)
        {
            _busy--;
            connection.IsBusy = false;
            _step.Lose(connection.Number, failure);
            _recorder.Fail(failure, VersionNames.Unknown);
        }
        else
        {
            RemoveIdle(connection);
        }

        if (_waiting.TryDequeue(out (long Number, double DueAt) waiting) && !TrySend(waiting.Number, waiting.DueAt)) throw new InvalidOperationException("a closed connection makes place for another");
    }

    private void RemoveIdle(HttpConnection connection)
    {
        for (int i = _idle.Count; i > 0; i--)
        {
            HttpConnection other = _idle.Dequeue();
            if (other != connection) _idle.Enqueue(other);
        }
    }

    private void CheckTimeOuts()
    {
        double now = _clock.Seconds;
        if (now < _timeOutsCheckedAt + TimeOutCheckSeconds) return;
        _timeOutsCheckedAt = now;
        double limit = now - _settings.TimeOutSeconds;
        while (_waiting.TryPeek(out (long Number, double DueAt) first) && first.DueAt < limit)
        {
            _waiting.Dequeue();
            _recorder.Fail(Failures.TimeOut, VersionNames.Unknown);
        }

        for (int i = 0; i < _connections.Count; i++)
            if (_connections[i] is { IsBusy: true } connection && connection.DueAt < limit) End(connection, Failures.TimeOut);
    }
}
