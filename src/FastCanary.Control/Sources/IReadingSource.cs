namespace FastCanary.Control;

/// <summary>Something outside that is asked for figures again and again.</summary>
internal interface IReadingSource
{
    /// <summary>What it is, for the log: without anything of an address that may be a secret.</summary>
    string Name { get; }

    /// <summary>Says whether another source is the same one, so that a reload keeps what is known of it. Not for the log: it holds the whole address.</summary>
    string Key { get; }

    /// <summary>How many figures <see cref="ReadAsync"/> gives, always in the same order.</summary>
    int Count { get; }

    /// <summary>Asks for the figures. One call at a time. Whatever is wrong is said by a reading's problem.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="stop">Calls it off.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was asked for.</exception>
    Task<Reading[]> ReadAsync(TimeSpan timeout, CancellationToken stop);
}
