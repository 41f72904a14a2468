using FastCanary.Proxy;
using FastCanary.Traffic;
using FastCanary.Transport;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>Every message of the program's log.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(1, LogLevel.Information, "listening on {Protocol}://{Address} ({Transport}, {Loops} loops, {Descriptors} descriptors)")]
    public static partial void Listening(ILogger log, string protocol, string address, string transport, int loops, long descriptors);

    [LoggerMessage(2, LogLevel.Information, "configuration reloaded ({Cause}): {Split}")]
    public static partial void Reloaded(ILogger log, string cause, string split);

    [LoggerMessage(3, LogLevel.Error, "{Error}")]
    public static partial void ReloadError(ILogger log, ConfigError error);

    [LoggerMessage(4, LogLevel.Error, "configuration not reloaded ({Cause}): {Count} errors; the one in force stays")]
    public static partial void ReloadFailed(ILogger log, string cause, int count);

    [LoggerMessage(5, LogLevel.Information, "draining: {Sessions} client connections are open")]
    public static partial void Draining(ILogger log, int sessions);

    [LoggerMessage(6, LogLevel.Warning, "endpoint {Endpoint}: {Outcome} ({Failure}); {Count} requests in the last second")]
    public static partial void EndpointFailed(ILogger log, string endpoint, ExchangeOutcome outcome, ConnectionFailure failure, long count);

    [LoggerMessage(7, LogLevel.Error, "a session failed by a bug of FastCanary's; please report it")]
    public static partial void Bug(ILogger log, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "runtime.{Key} is read at start only: it takes effect with the next start")]
    public static partial void RuntimeNotReloaded(ILogger log, string key);

    [LoggerMessage(9, LogLevel.Warning, "{Warning}")]
    public static partial void Configuration(ILogger log, ConfigWarning warning);

    [LoggerMessage(10, LogLevel.Warning, "FAULT DRILL IS ON: service {Service}, version {Version}: {Share} of its requests fail or wait on purpose; remove \"fault\" to end it")]
    public static partial void FaultDrill(ILogger log, string service, string version, string share);

    [LoggerMessage(11, LogLevel.Warning, "endpoint {Endpoint}: ejected for {Milliseconds} ms")]
    public static partial void Ejected(ILogger log, string endpoint, long milliseconds);

    [LoggerMessage(12, LogLevel.Warning, "version {Service}/{Version}: {Requests} requests went to {Baseline} in the last second: none of its endpoints is available")]
    public static partial void Diverted(ILogger log, string service, string version, long requests, string baseline);

    [LoggerMessage(13, LogLevel.Information, "names of endpoints stand for other addresses: {Endpoints}")]
    public static partial void NamesChanged(ILogger log, string endpoints);

    [LoggerMessage(14, LogLevel.Warning, "version {Service}/{Version}: {Requests} requests were not sent again in the last second: the retry budget is used up")]
    public static partial void OverBudget(ILogger log, string service, string version, long requests);

    [LoggerMessage(16, LogLevel.Warning, "there is no admin API: {Reason}; \"admin.address\" in the configuration chooses another address, or \"off\"")]
    public static partial void NoAdmin(ILogger log, string reason);

    [LoggerMessage(40, LogLevel.Error, "access log {Path}: lines are lost, it cannot be written: {Reason}")]
    public static partial void AccessLogFailed(ILogger log, string path, string reason);

    [LoggerMessage(41, LogLevel.Warning, "access log {Path}: {Lines} lines were dropped since the last time that this was said: they come faster than they are written")]
    public static partial void AccessLogDropped(ILogger log, string path, long lines);

    [LoggerMessage(42, LogLevel.Error, "access log {Path}: cannot be opened anew, the file that was open goes on: {Reason}")]
    public static partial void AccessLogNotReopened(ILogger log, string path, string reason);

    [LoggerMessage(15, LogLevel.Warning, "mirror {Service}/{Version}: {Changed} answers differ from the baseline's, {Noise} differ as the baseline does from itself, {Unconfirmed} may; the last: {Method} {Path} {Kind}, {Where} ({UserStatus}, mirrored {MirroredStatus})")]
    public static partial void MirrorDiffers(
        ILogger log, string service, string version, long changed, long noise, long unconfirmed, string method, string path, MirrorDifferenceKind kind, string where, int userStatus, int mirroredStatus);
}
