using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>The log's messages about what the control plane asks and tells over the network. A line for each change, none for each attempt.</summary>
internal static partial class OutboundLog
{
    [LoggerMessage(100, LogLevel.Warning, "endpoint {Endpoint}: down: {Result} ({Count} checks in a row)")]
    public static partial void EndpointDown(ILogger log, string endpoint, string result, int count);

    [LoggerMessage(101, LogLevel.Information, "endpoint {Endpoint}: up: {Result} ({Count} checks in a row)")]
    public static partial void EndpointUp(ILogger log, string endpoint, string result, int count);

    [LoggerMessage(105, LogLevel.Warning, "{Source}: {Problem}")]
    public static partial void SourceProblem(ILogger log, string source, string problem);

    [LoggerMessage(106, LogLevel.Information, "{Source}: readings again")]
    public static partial void SourceRecovered(ILogger log, string source);

    [LoggerMessage(110, LogLevel.Error, "{Target}: {Event} of service {Service} was not delivered: {Problem}; given up after {Attempts} attempts")]
    public static partial void NotificationFailed(ILogger log, string target, string @event, string service, string problem, int attempts);

    [LoggerMessage(111, LogLevel.Error, "{Target}: {Count} notifications of service {Service} were dropped: too many were waiting")]
    public static partial void NotificationsDropped(ILogger log, string target, long count, string service);
}
