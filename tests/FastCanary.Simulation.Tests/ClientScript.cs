using System.Globalization;
using System.Text;

namespace FastCanary.Simulation.Tests;

/// <summary>A client's connection: sends its requests, reads what comes back, and checks it.</summary>
internal sealed class ClientScript
{
    private const int ContinueWaitUs = 300_000;

    private readonly Run _run;
    private readonly List<RequestPlan> _plans;
    private readonly ClientManners _manners;
    private readonly SimulatedPeer _peer;
    private readonly Queue<RequestPlan> _outstanding = new();
    private readonly ResponseReader _reader;
    private readonly ByteQueue _out = new();
    private readonly byte[] _buffer = new byte[16 << 10];
    private byte[]? _awaitsContinue;
    private RequestPlan? _sending;
    private int _next;
    private long _sent;
    private bool _continued;
    private bool _reading;
    private bool _writing;
    private bool _over;

    public ClientScript(Run run, List<RequestPlan> plans, ClientManners manners)
    {
        _run = run;
        _plans = plans;
        _manners = manners;
        _reader = new ResponseReader(() => _over || _outstanding.Count == 0 ? null : _outstanding.Peek(), run.Break)
        {
            Interim = OnInterim,
            HeadEnds = OnHead,
            Ends = OnEnd,
        };
        LastProgressUs = run.Network.NowUs;
        _peer = run.Network.Connect(manners.UsesSecondListener ? run.SecondAddress : run.Address);
        _peer.Changed = OnChanged;
        if (manners.LeavesAfterUs > 0) run.Network.After(manners.LeavesAfterUs, Leave);
        Write();
    }

    public long LastProgressUs { get; private set; }

    public bool IsDone { get; private set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"connection #{_peer.Id}: {_next} of {_plans.Count} requests sent, {_outstanding.Count} without an answer, {_out.Count} bytes unsent, {_manners}");

    private void OnChanged()
    {
        LastProgressUs = _run.Network.NowUs;
        if (_manners.NeverReads)
        {
            if (_peer.IsEnding) Finish();
        }
        else if (!_reading)
        {
            Read();
        }

        if (!IsDone && !_writing) Write();
    }

    private void Read()
    {
        while (!IsDone)
        {
            var room = _manners.ReadBytes > 0 ? _manners.ReadBytes : _buffer.Length;
            var received = _peer.Receive(_buffer.AsSpan(0, Math.Min(room, _buffer.Length)));
            if (received == 0) break;
            LastProgressUs = _run.Network.NowUs;
            _reader.Read(_buffer.AsSpan(0, received));
            if (_manners.ReadPauseUs == 0) continue;
            _reading = true;
            _run.Network.After(_manners.ReadPauseUs, () =>
            {
                _reading = false;
                Read();
            });
            return;
        }

        if (IsDone || !(_peer.HasEnded || _peer.IsBroken)) return;
        _reader.EndOfConnection(orderly: _peer.HasEnded);
        Finish();
    }

    private void Write()
    {
        while (!IsDone)
        {
            if (_out.Count == 0 && !TryQueueMore()) return;
            if (_manners.StopsAfterBytes > 0 && _sent >= _manners.StopsAfterBytes) return;
            var count = _manners.WriteBytes > 0 ? Math.Min(_out.Count, _manners.WriteBytes) : _out.Count;
            var sent = _peer.Send(_out.Peek(count));
            if (sent == 0) return;
            _out.Drop(sent);
            _sent += sent;
            LastProgressUs = _run.Network.NowUs;
            if (_out.Count == 0 && _awaitsContinue is null && _sending is { } whole) whole.WasSent = true;
            if (_manners.WritePauseUs == 0) continue;
            _writing = true;
            _run.Network.After(_manners.WritePauseUs, () =>
            {
                _writing = false;
                Write();
            });
            return;
        }
    }

    private bool TryQueueMore()
    {
        if (_awaitsContinue is { } body)
        {
            if (!_continued) return false;
            _awaitsContinue = null;
            _out.Add(body);
            return _out.Count > 0;
        }

        if (_next == _plans.Count)
        {
            if (_manners.HalfCloses || _manners.CutsBody) _peer.Finish();
            return false;
        }

        if (_over || _outstanding.Count >= _manners.Depth) return false;
        var plan = _plans[_next++];
        _sending = plan;
        plan.WasBegun = true;
        plan.BegunUs = _run.Network.NowUs;
        _outstanding.Enqueue(plan);
        _out.Add(RequestText.Head(plan));
        var bytes = RequestText.Body(plan, _run);
        if (_manners.CutsBody && _next == _plans.Count && bytes.Length > 1) bytes = bytes[..(bytes.Length / 2)];
        if (plan.Expects)
        {
            _continued = false;
            _awaitsContinue = bytes;
            _run.Network.After(ContinueWaitUs, () => Continue(plan));
        }
        else
        {
            _out.Add(bytes);
        }

        return true;
    }

    private void Continue(RequestPlan plan)
    {
        if (IsDone || _sending != plan || _continued) return;
        _continued = true;
        if (!_writing) Write();
    }

    private void OnInterim(RequestPlan plan)
    {
        if (plan.Current is not { InterimsSent: > 0 }) _run.Break("law 2: an interim response that its origin did not send");
        if (plan.Minor == 0) _run.Break("law 1: an interim response to HTTP/1.0");
        _run.Coverage.Count("interim response");
        if (_reader.Status == 100) Continue(plan);
    }

    private void OnHead(RequestPlan plan)
    {
        var status = _reader.Status;
        if (plan.Malformation == Malformation.None) _run.Laws.OnAnswered(plan, _reader);
        if (_reader.IsOwn)
        {
            CheckOwnAnswer(plan, status);
            return;
        }

        if (plan.Current is not { } attempt || !plan.WasBegun) _run.Break("law 2: a response without a request");
        else if (plan.HeadIsMalformed) _run.Break($"law 1: an origin answers a malformed request ({plan.Malformation})");
        else if (status != attempt.Answer.Status && attempt.Answer.Ending != Ending.IsMalformed) _run.Break($"law 2: {status}, its origin sent {attempt.Answer.Status}");
        else if (_reader.Version != Services.VersionName(attempt.Origin.Version)) _run.Break($"law 2: answered by {Services.VersionName(attempt.Origin.Version)}, marked as {_reader.Version}");
        else if (_reader.IsRescued != attempt.IsRescue) _run.Break($"law 3: {(_reader.IsRescued ? "marked as rescued, and was not" : "rescued, and not marked")}");
    }

    private void CheckOwnAnswer(RequestPlan plan, int status)
    {
        _run.Coverage.Count($"own answer {status}");
        if (status is 502 or 504)
        {
            if (plan.HeadIsMalformed) _run.Break($"law 1: a malformed request ({plan.Malformation}) was forwarded: {status}");
            return;
        }

        if (plan.Malformation != Malformation.None)
        {
            if (!_reader.Closes) _run.Break($"law 1: a malformed request ({plan.Malformation}) was refused, but the connection goes on");
            _run.Coverage.Count("malformed request refused");
            return;
        }

        if (_run.Laws.MayAnswer(plan, status)) return;
        var isOurFault = (status == 400 && _manners.CutsBody) || (status == 408 && (!_manners.IsGood || !_run.Profile.IsGentle));
        if (!isOurFault) _run.Break($"a well-formed request was refused: {status}");
    }

    private void OnEnd(RequestPlan plan)
    {
        _outstanding.Dequeue();
        if (!_reader.IsOwn) CheckAnswer(plan);
        else if (_manners.IsGood && _reader.OwnText.Contains("connection to spare in time", StringComparison.Ordinal)) _run.Laws.OnQueueTimedOut(plan);
        if (_reader.Closes || plan.Malformation != Malformation.None) _over = true;
        // Nobody knows any more what of the body the proxy will still read.
        if (!plan.WasSent && (plan.Token & 1) == 0) _out.Truncate(0);
        if (_outstanding.Count > 0 || _over) return;
        if (_next < _plans.Count)
        {
            if (!_writing) Write();
        }
        else if (!_manners.Lingers && _sending is not { WasSent: false })
        {
            Finish();
        }
    }

    private void CheckAnswer(RequestPlan plan)
    {
        var bytes = plan.AnswerBodyToClient == BodyKind.None ? 0 : plan.Answer.Bytes;
        if (_reader.BodyBytes != bytes) _run.Break($"law 3: a complete response of {_reader.BodyBytes} bytes, its origin's has {bytes} [{plan.Token:x6}, {plan.Answer.Ending}]");
        else if (plan.Answer.Breaks) _run.Break($"law 3: a complete response, but its origin broke it off [{plan.Token:x6}, {plan.Answer.Ending}]");
        else if (plan.AnswerBodyToClient == BodyKind.UntilClose && !plan.Current!.Origin.EndReachedProxy) _run.Break("law 3: a response that only the end of its connection completes is complete without one");
        plan.IsAnswered = true;
        _run.Coverage.Count("complete answer");
        if (_manners.UsesSecondListener && _reader.Closes) _run.Coverage.Count("answer of a listener that is drained");
        if (plan.Answer.Bytes > 32 << 10) _run.Coverage.Count("complete large answer");
        if (plan.BodyBytes > 32 << 10) _run.Coverage.Count("complete answer to a large request");
        _run.Coverage.Count($"complete answer, {plan.AnswerBodyToClient}");
        if (!plan.WasSent) _run.Coverage.Count("early answer");
    }

    private void Leave()
    {
        if (IsDone) return;
        _run.Coverage.Count("client left");
        if (_manners.LeavesByReset) _peer.Reset();
        else _peer.Close();
        Finish();
    }

    private void Finish()
    {
        if (IsDone) return;
        IsDone = true;
        _peer.Close();
        var stillGood = _run.Profile is { IsGentle: true, ConnectionsAreBounded: false, Drills: false } && _manners.IsGood;
        foreach (var plan in _plans)
        {
            stillGood = stillGood && plan is { Malformation: Malformation.None, OriginIsGood: true };
            // On a connection that just ended, a request is sent again only where that is safe and all of it is still there.
            var mustSucceed = stillGood && !_run.Profile.OriginsSayMoreLater && (!_run.Profile.OriginsCloseIdle || plan is { IsIdempotent: true, Body: BodyKind.None });
            if (plan.IsAnswered)
            {
                if (mustSucceed) _run.Coverage.Count("answer that had to come");
                continue;
            }

            if (mustSucceed) _run.Break($"an answer that had to come did not [{plan.Token:x6} {plan.Method} {plan.Body}, {plan.Answer.Body} {plan.Answer.Ending}], {this}");
            _run.Coverage.Count(plan.WasBegun ? "request without an answer" : "request not sent");
            stillGood = false;
        }
    }
}
