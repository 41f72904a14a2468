namespace FastCanary.Proxy;

/// <summary>What came of looking for an endpoint.</summary>
internal enum Placement : byte
{
    /// <summary>The exchange has one.</summary>
    Done,

    /// <summary>It waits for one, by <see cref="Exchange.Wait"/>.</summary>
    Queued,

    /// <summary>As many as may wait, wait.</summary>
    QueueFull,
}
