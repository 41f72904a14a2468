namespace FastCanary.Transport;

/// <summary>An entry of a <see cref="DeadlineWheel"/>; a connection's base, so that arming one costs no object.</summary>
public abstract class Deadline
{
    /// <summary>When it fires, on the loop's clock; <see cref="long.MaxValue"/> where disarmed.</summary>
    internal long AtMs { get; set; } = long.MaxValue;

    /// <summary>The tick of the slot that the entry is linked into; -1 where it is in none.</summary>
    internal long SlotTick { get; set; } = -1;

    internal Deadline? Next { get; set; }

    internal Deadline? Previous { get; set; }

    /// <summary>Called by the wheel on the loop's thread, once per arming.</summary>
    internal abstract void Fire();
}
