using System.Net;
using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>
/// One end of a connection as its kernel sees it, after Linux's TCP: what can be received, what has ended, what is broken. Both directions are
/// bounded, ordered, and take their time.
/// </summary>
/// <remarks>An error is reported once, by whichever call comes first; then a receive finds the end and a send a closed pipe, as on Linux.</remarks>
internal sealed class SimulatedSocket
{
    private readonly SimulatedNetwork _network;
    // Sent by the other end and not received here: first those that have arrived, then those under way.
    private readonly ByteQueue _incoming = new();
    private readonly int _incomingMax;
    private long _lastArrivalUs;
    private int _epoch;
    private int _heldBack;
    private bool _wantsRoom;
    private ConnectionFailure _error;

    private SimulatedSocket(SimulatedNetwork network, int id, bool isLoops)
    {
        _network = network;
        Id = id;
        IsLoops = isLoops;
        BegunUs = network.NowUs;
        _incomingMax = network.Random.Between(network.Options.BufferBytes.Least, network.Options.BufferBytes.Most);
    }

    public int Id { get; }

    /// <summary>Belongs to a loop, the code under test; the other end is a script's.</summary>
    public bool IsLoops { get; }

    public SimulatedSocket Other { get; private set; } = null!;

    /// <summary>Where the loop wanted to connect to; null where it was connected to.</summary>
    public IPEndPoint? Target { get; init; }

    /// <summary>When the connection was begun.</summary>
    public long BegunUs { get; }

    /// <summary>Called when anything has changed that an owner may wait for.</summary>
    public Action? Changed { get; set; }

    public bool IsConnected { get; set; }

    /// <summary>The other end's FIN is here.</summary>
    public bool FinArrived { get; private set; }

    /// <summary>Reset, refused or broken.</summary>
    public bool IsDead { get; private set; }

    public bool OutputShut { get; private set; }

    /// <summary>Its owner has given it back.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Bytes that can be received now.</summary>
    public int Arrived { get; private set; }

    /// <summary>When something came that was not received since; means nothing where all was.</summary>
    public long UnreadSinceUs { get; private set; }

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Nothing is cut or held back that arrives here: what was sent in one call is seen in one.</summary>
    public bool ArrivesWhole { get; set; }

    /// <summary>Sees what is sent from here, at the moment of the call.</summary>
    public TapAction? Tap { get; set; }

    public bool HasUnread => Arrived > 0 || FinArrived || IsDead;

    public int RoomToSend => Other._incomingMax - Other._incoming.Count;

    /// <summary>What epoll would report now (tcp_poll).</summary>
    public ConnectionEvents Events
    {
        get
        {
            const ConnectionEvents Dead = ConnectionEvents.Readable | ConnectionEvents.Writable | ConnectionEvents.Finished | ConnectionEvents.Hangup;
            if (IsDead) return _error == ConnectionFailure.None ? Dead : Dead | ConnectionEvents.Error;
            if (!IsConnected) return ConnectionEvents.None;
            var events = ConnectionEvents.None;
            if (Arrived > 0 || FinArrived) events |= ConnectionEvents.Readable;
            if (FinArrived) events |= OutputShut ? ConnectionEvents.Finished | ConnectionEvents.Hangup : ConnectionEvents.Finished;
            if (OutputShut || HasFairRoom) events |= ConnectionEvents.Writable;
            return events;
        }
    }

    // Linux reports room only when a third of the buffer is free.
    private bool HasFairRoom => RoomToSend * 3 >= Other._incomingMax;

    public static (SimulatedSocket Loops, SimulatedSocket Peers) Pair(SimulatedNetwork network, IPEndPoint? target = null)
    {
        var id = network.NextId();
        var loops = new SimulatedSocket(network, id, isLoops: true) { Target = target };
        var peers = new SimulatedSocket(network, id, isLoops: false) { Other = loops };
        loops.Other = peers;
        return (loops, peers);
    }

    /// <returns>Bytes, 0 at the end, or one of <see cref="Transfer"/>.</returns>
    public int Receive(Span<byte> to, out ConnectionFailure failure)
    {
        failure = ConnectionFailure.None;
        if (Arrived == 0)
        {
            // In this order: behind a FIN an error does not show any more.
            if (FinArrived) return 0;
            if (!IsDead) return Transfer.WouldBlock;
            return TakeError(out failure) ? Transfer.Failed : 0;
        }

        var count = Math.Min(Arrived, to.Length);
        if (!ArrivesWhole && !FinArrived && !IsDead && count > 1 && count < to.Length && IsLoops && _network.Random.Chance(_network.Options.ShortReceive))
        {
            count = _network.Random.Skewed(count - 1);
            HoldBack(Arrived - count);
        }

        _incoming.Peek(count).CopyTo(to);
        Took(count);
        return count;
    }

    /// <summary>Receives without keeping; the result is <see cref="Receive"/>'s.</summary>
    public int Discard(int bytesMax, out ConnectionFailure failure)
    {
        if (Arrived == 0) return Receive(default, out failure);
        failure = ConnectionFailure.None;
        var count = Math.Min(Arrived, bytesMax);
        Took(count);
        return count;
    }

    /// <returns>Bytes taken, or one of <see cref="Transfer"/>.</returns>
    public int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, out ConnectionFailure failure)
    {
        failure = ConnectionFailure.None;
        if (IsDead || OutputShut)
        {
            if (!TakeError(out failure)) failure = ConnectionFailure.Closed;
            return Transfer.Failed;
        }

        var random = _network.Random;
        var options = _network.Options;
        if (!IsConnected || RoomToSend == 0)
        {
            _wantsRoom = true;
            return Transfer.WouldBlock;
        }

        if (IsLoops && random.Chance(options.SendBlocks))
        {
            // There may be no room any more at that moment: then this end is told like any other that waits.
            _wantsRoom = true;
            _network.After(random.Between(1, 400), RaiseChanged);
            return Transfer.WouldBlock;
        }

        var count = Math.Min(first.Length + second.Length, RoomToSend);
        if (IsLoops && random.Chance(options.ShortSend)) count = random.Skewed(count);
        var ofFirst = Math.Min(count, first.Length);
        Put(first[..ofFirst]);
        Put(second[..(count - ofFirst)]);
        _network.Trace.Add(_network.NowUs, IsLoops ? "proxy sends" : "peer sends", Id, count);
        Other.Arrives(count);
        if (random.Chance(options.Broken)) _network.After(random.Skewed(20_000), Break);
        return count;
    }

    /// <summary>FIN behind what was sent.</summary>
    public void Shutdown()
    {
        if (OutputShut || IsDead || !IsConnected) return;
        OutputShut = true;
        _network.Trace.Add(_network.NowUs, IsLoops ? "proxy FIN" : "peer FIN", Id);
        var other = Other;
        var epoch = other._epoch;
        _network.At(other.NextArrivalUs(), () =>
        {
            if (other._epoch == epoch && !other.IsDead) other.ArriveFin();
        });
    }

    /// <summary>Gives the socket back: orderly, or with a reset, which it is too where input was not received.</summary>
    public void Close(bool reset)
    {
        if (IsClosed) return;
        IsClosed = true;
        Changed = null;
        if (IsDead) return;
        if (IsConnected && !reset && Arrived + _heldBack == 0)
        {
            // What still arrives is answered with a reset.
            Shutdown();
            return;
        }

        SendReset();
        DropIncoming();
    }

    /// <summary>The network between them fails: a reset for both.</summary>
    public void Break()
    {
        if (IsDead || Other.IsDead || IsClosed || Other.IsClosed) return;
        _network.Trace.Add(_network.NowUs, "network breaks", Id);
        if (_network.Random.Chance(500)) Other.DropUnderWay();
        if (_network.Random.Chance(500)) DropUnderWay();
        ArriveReset(ConnectionFailure.Reset);
        Other.ArriveReset(ConnectionFailure.Reset);
    }

    /// <summary>A reset, a refusal or another error reaches this end.</summary>
    public void ArriveReset(ConnectionFailure failure)
    {
        if (IsDead || IsClosed) return;
        _network.Trace.Add(_network.NowUs, IsLoops ? "reset at proxy" : "reset at peer", Id);
        Note();
        IsDead = true;
        _error = FinArrived && failure == ConnectionFailure.Reset ? ConnectionFailure.Closed : failure;
        ReleaseHeldBack();
        DropUnderWay();
        // Linux keeps what has arrived, other systems do not. Behind a FIN nobody could tell that it is missing: there it stays.
        if (!FinArrived && !ArrivesWhole && _network.Random.Chance(500)) DropIncoming();
        RaiseChanged();
    }

    /// <summary>Takes SO_ERROR, once.</summary>
    public bool TakeError(out ConnectionFailure failure)
    {
        failure = _error;
        _error = ConnectionFailure.None;
        return failure != ConnectionFailure.None;
    }

    /// <summary>Nothing sent later arrives before this moment.</summary>
    public void NotBefore(long us) => _lastArrivalUs = Math.Max(_lastArrivalUs, us);

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        BytesSent += bytes.Length;
        _network.Trace.Mix(bytes);
        Tap?.Invoke(bytes);
        Other._incoming.Add(bytes);
    }

    private void Took(int count)
    {
        _incoming.Drop(count);
        Arrived -= count;
        BytesReceived += count;
        _network.Trace.Add(_network.NowUs, IsLoops ? "proxy receives" : "peer receives", Id, count, Arrived);
        if (!Other._wantsRoom || !Other.HasFairRoom) return;
        Other._wantsRoom = false;
        _network.After(_network.Delay(), Other.RaiseChanged);
    }

    private void Arrives(int count)
    {
        var random = _network.Random;
        while (count > 0)
        {
            var piece = count;
            if (!ArrivesWhole && count > 1 && random.Chance(_network.Options.Cut)) piece = random.Skewed(count - 1);
            count -= piece;
            Arrive(piece, NextArrivalUs());
        }
    }

    private void Arrive(int count, long atUs)
    {
        var epoch = _epoch;
        _network.At(atUs, () =>
        {
            if (_epoch != epoch) return;
            if (IsClosed)
            {
                // Nobody is here any more who could take them: the sender is told.
                DropIncoming();
                SendReset();
                return;
            }

            Note();
            Arrived += count;
            RaiseChanged();
        });
    }

    // As if the last bytes had not arrived yet: they come again, before an end that was sent behind them.
    private void HoldBack(int count)
    {
        Arrived -= count;
        _heldBack += count;
        var epoch = _epoch;
        _network.After(_network.Random.Between(1, 400), () =>
        {
            if (_epoch != epoch || IsClosed || _heldBack == 0) return;
            ReleaseHeldBack();
            RaiseChanged();
        });
    }

    private void ReleaseHeldBack()
    {
        Arrived += _heldBack;
        _heldBack = 0;
    }

    private void ArriveFin()
    {
        if (IsClosed) return;
        ReleaseHeldBack();
        Note();
        FinArrived = true;
        _network.Trace.Add(_network.NowUs, IsLoops ? "FIN at proxy" : "FIN at peer", Id);
        RaiseChanged();
    }

    private void SendReset()
    {
        _network.Trace.Add(_network.NowUs, IsLoops ? "proxy resets" : "peer resets", Id);
        IsDead = true;
        var other = Other;
        if (!other.ArrivesWhole && _network.Random.Chance(500)) other.DropUnderWay();
        _network.At(other.NextArrivalUs(), () => other.ArriveReset(ConnectionFailure.Reset));
    }

    private void DropUnderWay()
    {
        _epoch++;
        _heldBack = 0;
        _incoming.Truncate(Arrived);
    }

    private void DropIncoming()
    {
        Arrived = 0;
        DropUnderWay();
    }

    private long NextArrivalUs()
    {
        _lastArrivalUs = Math.Max(_lastArrivalUs, _network.NowUs + _network.Delay());
        return _lastArrivalUs;
    }

    private void Note()
    {
        if (!HasUnread) UnreadSinceUs = _network.NowUs;
    }

    private void RaiseChanged() => Changed?.Invoke();
}
