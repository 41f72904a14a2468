using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>What the admin API tells the program's log. Never a token, a query or a body.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(120, LogLevel.Information, "admin API on http://{Address}")]
    public static partial void Listening(ILogger log, string address);

    [LoggerMessage(121, LogLevel.Error, "an admin call failed ({Route}, {Actor})")]
    public static partial void CallFailed(ILogger log, AdminRoute route, string actor, Exception exception);

    [LoggerMessage(122, LogLevel.Error, "an admin connection failed by a bug of FastCanary's; please report it")]
    public static partial void Bug(ILogger log, Exception exception);

    [LoggerMessage(123, LogLevel.Warning, "admin: {Count} calls refused for their token or origin since the last such message; the last: {Status} from {Peer}")]
    public static partial void Refused(ILogger log, long count, int status, string peer);
}
