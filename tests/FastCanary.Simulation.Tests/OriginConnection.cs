using System.Globalization;
using System.Net;
using System.Text;

namespace FastCanary.Simulation.Tests;

/// <summary>One connection of the proxy to an origin: watches what is sent on it, and answers as each request's plan says.</summary>
internal sealed class OriginConnection
{
    // As if the last client had not got enough: a whole response, and nobody's.
    private static readonly byte[] Stray = "HTTP/1.1 200 OK\r\nX-Token: stray\r\nContent-Length: 5\r\n\r\nstray"u8.ToArray();

    private readonly Run _run;
    private readonly SimulatedPeer _peer;
    private readonly byte[] _buffer = new byte[16 << 10];
    private readonly Queue<(long Offset, Attempt Attempt, bool IsWhole)> _marks = new();
    private readonly RequestReader _reader;
    private readonly ByteQueue _out = new();
    private Attempt? _current;
    private long _received;
    private long _answersFrom;
    private int _requests;
    private int _stray;
    private int _garbage;
    private bool _answering;
    private bool _answered;
    private bool _pumping;
    private bool _stopped;

    public OriginConnection(Run run, SimulatedPeer peer, int version, IPEndPoint address)
    {
        _run = run;
        _peer = peer;
        Version = version;
        Address = address;
        _reader = new RequestReader(run.Find, run.Break)
        {
            Begins = OnRequestBegins,
            Named = OnRequestNamed,
            HeadEnds = OnHeadSent,
            Ends = _ => _marks.Enqueue((_reader!.Offset, _current!, IsWhole: true)),
        };
        peer.Socket.Other.Tap = _reader.Read;
        peer.Changed = OnChanged;
    }

    /// <summary>The place of the version that is served here.</summary>
    public int Version { get; }

    public IPEndPoint Address { get; }

    /// <summary>When the proxy began the connection.</summary>
    public long BegunUs => _peer.Socket.Other.BegunUs;

    /// <summary>Bytes of this origin that the proxy has received.</summary>
    public long ReceivedByProxy => _peer.Socket.Other.BytesReceived;

    /// <summary>The proxy has the orderly end of what was sent to it.</summary>
    public bool EndReachedProxy => _peer.Socket.Other.FinArrived;

    /// <summary>The run is over.</summary>
    public void Leave() => _peer.Close();

    private void OnRequestBegins()
    {
        var proxys = _peer.Socket.Other;
        if (_requests++ > 0)
        {
            _run.Coverage.Count("upstream connection reused");
            if (!_answered) _run.Break("law 2: a connection is used again before its response was complete");
            else if (proxys.BytesReceived < _peer.Socket.BytesSent - _stray - _garbage) _run.Break("law 2: a connection is used again before all of its response was read");
            else if (_current!.Answer.Ending == Ending.SaysMore) _run.Break("law 2: a connection is used again with bytes left over");
            else if (_current.Answer.Ending == Ending.ClosesAsAnnounced) _run.Break("law 2: a connection is used again that was said to close");
            else if (_run.IsLongKnown(proxys)) _run.Break("law 2: a connection is used again that has ended, or on which bytes have come");
        }

        _answered = false;
        _answering = false;
        _current = null;
        _answersFrom = proxys.BytesReceived;
    }

    private void OnRequestNamed(RequestPlan plan)
    {
        if (plan.IsSmuggled) _run.Break("law 1: a smuggled request was passed on");
        if (!plan.WasBegun) _run.Break("law 2: a request that no client has sent yet");
        _current = _run.Laws.OnSent(plan, this, isReused: _requests > 1, _answersFrom);
    }

    private void OnHeadSent(RequestPlan plan)
    {
        _marks.Enqueue((_reader.Offset, _current!, IsWhole: false));
        _run.Laws.OnHeadSent(_current!, _reader.Fields);
    }

    private void OnChanged()
    {
        while (!_stopped && _peer.Receive(_buffer) is var received && received > 0)
        {
            _received += received;
            while (_marks.TryPeek(out var mark) && mark.Offset <= _received)
            {
                _marks.Dequeue();
                if (mark.IsWhole) OnRequestWhole(mark.Attempt);
                else OnRequestHead(mark.Attempt);
            }

            if (_peer.IsClosed) return;
        }

        Pump();
        if (_peer.HasEnded || _peer.IsBroken || (_stopped && _peer.IsEnding)) _peer.Close();
    }

    private void OnRequestHead(Attempt attempt)
    {
        _stopped = attempt.Answer.Ending == Ending.StopsReading;
        if (attempt.Answer.Early)
        {
            _run.Network.After(attempt.Answer.ThinkUs, () => Answer(attempt));
        }
        else if (attempt.Plan.Expects && attempt.Answer.Ending is not (Ending.IsSilent or Ending.StopsReading) && attempt.Answer.Variant > 200)
        {
            attempt.InterimsSent++;
            Say($"HTTP/1.1 100 Continue\r\nX-Token: {attempt.Plan.Token:x6}\r\nX-Try: {attempt.Number}\r\n\r\n");
            Pump();
        }
    }

    private void OnRequestWhole(Attempt attempt)
    {
        attempt.WasWhole = true;
        if (!attempt.Answer.Early) _run.Network.After(attempt.Answer.ThinkUs, () => Answer(attempt));
    }

    private void Answer(Attempt attempt)
    {
        if (_answering || _peer.IsClosed || _current != attempt) return;
        _answering = true;
        if (attempt.Answer.Ending is Ending.IsSilent or Ending.StopsReading) return;
        if (attempt.Answer.Ending == Ending.ClosesInstead)
        {
            if (attempt.Answer.Variant < 500) _peer.Close();
            else _peer.Reset();
            return;
        }

        for (var i = 0; i < attempt.Answer.Interims; i++) Say($"HTTP/1.1 103 Early Hints\r\nX-Token: {attempt.Plan.Token:x6}\r\nX-Try: {attempt.Number}\r\nLink: </{i}>\r\n\r\n");
        attempt.InterimsSent += attempt.Answer.Interims;
        var before = _out.Count;
        if (attempt.Answer.Ending == Ending.IsMalformed) SayMalformed(attempt);
        else SayAnswer(attempt);
        if (attempt.Answer.Ending is Ending.Truncates or Ending.Resets)
        {
            var whole = _out.Count - before;
            // A response that only its connection's end completes may be cut by a reset behind its last byte.
            var last = attempt.Answer.Ending == Ending.Resets && attempt.Answer.BodyToClient(attempt.Plan.Method) == BodyKind.UntilClose ? whole : whole - 1;
            _out.Truncate(before + Math.Min(last, 1 + (int)((long)whole * attempt.Answer.Variant / 950)));
        }
        else if (attempt.Answer.Ending == Ending.SaysMore)
        {
            _peer.Socket.Other.ArrivesWhole = true;
            _stray = Stray.Length;
            _out.Add(Stray);
        }

        Pump();
    }

    private void SayAnswer(Attempt attempt)
    {
        var kind = attempt.Answer.Body;
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {attempt.Answer.Status} OK\r\nX-Token: {attempt.Plan.Token:x6}\r\nX-Try: {attempt.Number}\r\nX-Hop: h\r\n");
        head.Append(attempt.Answer.Ending == Ending.ClosesAsAnnounced ? "Connection: close, x-hop\r\n" : "Connection: x-hop\r\n");
        if (kind == BodyKind.Length) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {attempt.Answer.Bytes}\r\n");
        if (kind == BodyKind.Chunked) head.Append("Transfer-Encoding: chunked\r\n");
        // What only the proxy may say to a client.
        if (attempt.Answer.Variant % 8 == 0) head.Append("X-Canary-Rescued: 1\r\nX-Request-ID: origin\r\n");
        head.Append("\r\n");
        attempt.HeadBytes = head.Length;
        Say(head.ToString());
        if (attempt.Answer.BodyToClient(attempt.Plan.Method) == BodyKind.None) return;
        var body = Pattern.Make(attempt.Plan.Token, Pattern.Answer(attempt.Number), attempt.Answer.Bytes);
        if (kind != BodyKind.Chunked)
        {
            _out.Add(body);
            return;
        }

        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(body.Length - at, _run.Script.Chance(300) ? body.Length : _run.Script.Skewed(8000));
            Say(string.Create(CultureInfo.InvariantCulture, $"{size:x}\r\n"));
            _out.Add(body.AsSpan(at, size));
            Say("\r\n");
            at += size;
        }

        Say("0\r\n\r\n");
    }

    private void SayMalformed(Attempt attempt)
    {
        var token = string.Create(CultureInfo.InvariantCulture, $"X-Token: {attempt.Plan.Token:x6}\r\nX-Try: {attempt.Number}\r\n");
        string[] kinds =
        [
            $"HTTP/2 200 OK\r\n{token}Content-Length: 0\r\n\r\n",
            $"HTTP/1.1 2x0 OK\r\n{token}Content-Length: 0\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{token}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            $"HTTP/1.1 200 OK\r\n{token}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{token}Content-Length: +3\r\n\r\nabc",
            $"HTTP/1.1 200 OK\r\n{token} folded\r\nContent-Length: 0\r\n\r\n",
            $"HTTP/1.1 200 OK\n{token}Content-Length: 0\r\n\r\n",
            $"HTTP/1.1 101 Switching Protocols\r\n{token}Upgrade: x\r\nConnection: upgrade\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{token}no colon\r\nContent-Length: 0\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{token}A: \0\r\nContent-Length: 0\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{token}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            $"HTTP/1.1 200 OK\r\n{token}Transfer-Encoding: chunked\r\n\r\n5;a=\n\r\nabcde\r\n0\r\n\r\n",
        ];
        // The last two are wrong in their bodies, of which HEAD has none.
        Say(kinds[attempt.Answer.Variant % (attempt.Plan.Method == "HEAD" ? kinds.Length - 2 : kinds.Length)]);
    }

    private void Say(string text) => _out.Add(Encoding.Latin1.GetBytes(text));

    private void Pump()
    {
        while (_out.Count > 0 && _peer.CanSend)
        {
            var count = _out.Count;
            var slow = _current is { Answer.Dribbles: true };
            if (slow)
            {
                if (_pumping) return;
                count = Math.Min(count, _run.Script.Skewed(Math.Max(24, count / 4)));
            }

            if (_stray > 0)
            {
                // Its first byte travels with the answer's last one: it is there when the answer is complete.
                count = Math.Min(count, _peer.Socket.RoomToSend);
                if (count < _out.Count) count = Math.Min(count, _out.Count - _stray - 1);
                if (count <= 0)
                {
                    PumpLater(1000);
                    return;
                }
            }

            var sent = _peer.Send(_out.Peek(count));
            if (sent == 0) return;
            _out.Drop(sent);
            if (_out.Count == 0 && _answering) AfterAnswer(_current!);
            if (slow && _out.Count > 0) PumpLater(_run.Script.Skewed(8000));
        }
    }

    private void PumpLater(int us)
    {
        if (_pumping) return;
        _pumping = true;
        _run.Network.After(us, () =>
        {
            _pumping = false;
            Pump();
        });
    }

    private void AfterAnswer(Attempt attempt)
    {
        _answered = true;
        var network = _run.Network;
        switch (attempt.Answer.Ending)
        {
            case Ending.ClosesAsAnnounced or Ending.ClosesUnannounced or Ending.Truncates:
                // A server that goes on reading for a while does not reset away its own answer.
                if (attempt.Answer.Variant < 800 || attempt.Answer.Early) _peer.Finish();
                else _peer.Close();
                break;

            case Ending.Resets:
                _peer.Reset();
                break;

            case Ending.Stays when _run.Profile.OriginsCloseIdle && _run.Script.Chance(300):
                var served = _requests;
                network.After(_run.Script.Skewed(100_000), () =>
                {
                    if (_requests == served || (!_answering && _run.Script.Chance(200))) _peer.Close();
                });
                break;

            case Ending.SaysMoreLater:
                network.After(_run.Script.Skewed(100_000), () =>
                {
                    if (!_answering || _out.Count > 0 || !_answered) return;
                    _garbage += _peer.Send("\0garbage"u8);
                });
                break;
        }
    }
}
