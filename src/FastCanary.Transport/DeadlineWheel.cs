using System.Diagnostics;
using System.Numerics;

namespace FastCanary.Transport;

/// <summary>
/// The deadlines of one loop's connections: a hashed wheel of <see cref="SlotCount"/> slots of <see cref="TickMs"/> ms, each an intrusive list.
/// Setting a later deadline than the armed one writes one field; the slot is corrected when it comes round. So a connection that is re-armed
/// on every request moves in the wheel once per time-out, not once per request. A deadline fires at most one tick late. Loop's thread only.
/// </summary>
internal sealed class DeadlineWheel
{
    public const int TickMs = 16;
    public const int SlotCount = 2048;

    private readonly Deadline?[] _slots = new Deadline?[SlotCount];
    private readonly ulong[] _occupied = new ulong[SlotCount / 64];
    private long _tick;

    public DeadlineWheel(long nowMs) => _tick = nowMs / TickMs;

    /// <summary>Number of armed or lazily disarmed entries.</summary>
    public int Count { get; private set; }

    public void Set(Deadline entry, long atMs)
    {
        entry.AtMs = atMs;
        var slotTick = SlotTick(atMs);
        if (entry.SlotTick >= 0)
        {
            if (slotTick >= entry.SlotTick) return;
            Unlink(entry);
        }

        Link(entry, slotTick);
    }

    /// <summary>Disarms: the entry stays in its slot until that comes round.</summary>
    public static void Clear(Deadline entry) => entry.AtMs = long.MaxValue;

    /// <summary>Takes the entry out; needed once, when its connection is closed.</summary>
    public void Remove(Deadline entry)
    {
        if (entry.SlotTick >= 0) Unlink(entry);
        entry.AtMs = long.MaxValue;
    }

    /// <summary>Fires what is due. Entries may be set and removed from within <see cref="Deadline.Fire"/>.</summary>
    public void Advance(long nowMs)
    {
        var target = nowMs / TickMs;
        if (Count == 0)
        {
            _tick = Math.Max(_tick, target);
            return;
        }

        // After a long pause one turn of the wheel visits every slot.
        if (target - _tick > SlotCount) _tick = target - SlotCount;
        while (_tick < target)
        {
            _tick++;
            var slot = (int)(_tick & (SlotCount - 1));
            if ((_occupied[slot >> 6] & (1UL << (slot & 63))) == 0) continue;
            while (_slots[slot] is { } entry)
            {
                Unlink(entry);
                if (entry.AtMs == long.MaxValue) continue;
                if (entry.AtMs > nowMs) Link(entry, SlotTick(entry.AtMs));
                else
                {
                    entry.AtMs = long.MaxValue;
                    entry.Fire();
                }
            }
        }
    }

    /// <summary>Milliseconds until the next occupied slot, for the wait's time-out; -1 where nothing is armed.</summary>
    public int NextTimeoutMs(long nowMs)
    {
        if (Count == 0) return -1;
        var first = (int)((_tick + 1) & (SlotCount - 1));
        for (var i = 0; i <= _occupied.Length; i++)
        {
            var word = ((first >> 6) + i) % _occupied.Length;
            var bits = _occupied[word];
            if (i == 0) bits &= ulong.MaxValue << (first & 63);
            if (bits == 0) continue;
            var slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
            var ahead = ((slot - first) & (SlotCount - 1)) + 1;
            return (int)Math.Max(0, ((_tick + ahead) * TickMs) - nowMs);
        }

        return -1;
    }

    // The slot whose tick ends at or after the deadline, at least the next one, at most one turn ahead.
    private long SlotTick(long atMs) => Math.Clamp(atMs > long.MaxValue - TickMs ? long.MaxValue : (atMs + TickMs - 1) / TickMs, _tick + 1, _tick + SlotCount - 1);

    private void Link(Deadline entry, long slotTick)
    {
        Debug.Assert(entry.SlotTick < 0, "an entry is in one slot");
        var slot = (int)(slotTick & (SlotCount - 1));
        entry.SlotTick = slotTick;
        entry.Previous = null;
        entry.Next = _slots[slot];
        if (entry.Next is { } next) next.Previous = entry;
        _slots[slot] = entry;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
        Count++;
    }

    private void Unlink(Deadline entry)
    {
        var slot = (int)(entry.SlotTick & (SlotCount - 1));
        if (entry.Previous is { } previous) previous.Next = entry.Next;
        else _slots[slot] = entry.Next;
        if (entry.Next is { } next) next.Previous = entry.Previous;
        if (_slots[slot] is null) _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        entry.Next = entry.Previous = null;
        entry.SlotTick = -1;
        Count--;
    }
}
