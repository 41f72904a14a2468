namespace FastCanary.Control;

/// <summary>What became of a target's notifications so far.</summary>
/// <param name="Delivered">Those that it took.</param>
/// <param name="Failed">Those that were given up.</param>
/// <param name="Dropped">Those that made way for newer ones.</param>
internal readonly record struct NotificationCounts(long Delivered, long Failed, long Dropped);
