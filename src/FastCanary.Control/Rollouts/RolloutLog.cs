using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>What the log is told of rollouts.</summary>
internal static partial class RolloutLog
{
    [LoggerMessage(200, LogLevel.Information, "{Service}: {Decision}, {Weights}, by {Actor}: {Reason}")]
    public static partial void Decided(ILogger log, string service, string decision, string weights, string actor, string reason);

    [LoggerMessage(201, LogLevel.Error, "{Service}: the journal or the state cannot be written, so no share rises: {Failure}")]
    public static partial void JournalFailed(ILogger log, string service, string failure);

    [LoggerMessage(207, LogLevel.Information, "the journal and the state can be written again")]
    public static partial void JournalWritten(ILogger log);

    [LoggerMessage(202, LogLevel.Warning, "{Service}: the configuration's weights are not taken: {Reason}")]
    public static partial void WeightsNotTaken(ILogger log, string service, string reason);

    [LoggerMessage(203, LogLevel.Information, "{Service}: goes on where it was: {Phase}, step {Step}, {Weights}")]
    public static partial void Restored(ILogger log, string service, string phase, int step, string weights);

    [LoggerMessage(204, LogLevel.Critical, "the state cannot be trusted, so the baselines get everything: {Reason}")]
    public static partial void StateLost(ILogger log, string reason);

    [LoggerMessage(205, LogLevel.Warning, "the end of the journal was cut off: {Bytes} bytes of an entry that was never finished")]
    public static partial void JournalTorn(ILogger log, long bytes);

    [LoggerMessage(206, LogLevel.Warning, "no \"state\" is configured: splits and rollouts that were changed while the program ran are forgotten when it ends")]
    public static partial void NoState(ILogger log);
}
