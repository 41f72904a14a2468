using System.Net.Sockets;
using System.Net.WebSockets;

namespace FastCanary.LoadTests.Engine;

/// <summary>The names of what can go wrong with a request, as reports count them. A status that was not expected is named by its number.</summary>
internal static class Failures
{
    public const string Connect = "connect";
    public const string Reset = "reset";
    public const string Closed = "closed before the end";
    public const string TimeOut = "time-out";
    public const string Malformed = "malformed answer";
    public const string NotSent = "not sent";
    public const string Content = "wrong content";

    private static readonly string[] Statuses = [.. Enumerable.Range(0, 1000).Select(status => $"status {status}")];

    /// <summary>The name of an unexpected status.</summary>
    public static string Status(int status) => Statuses[status];

    /// <summary>What an exception of a step tells of the target or of the network between.</summary>
    /// <returns>Null where it tells neither: a fault of this program, or that it has run out of descriptors.</returns>
    public static string? Of(Exception exception) => exception switch
    {
        StepFailedException failed => failed.Kind,
        OperationCanceledException or TimeoutException => TimeOut,
        EndOfStreamException => Closed,
        SocketException socket => Of(socket.SocketErrorCode),
        HttpRequestException { StatusCode: { } status } => Status((int)status),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => Closed,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } or HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } => Malformed,
        WebSocketException { WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely, InnerException: null } => Closed,
        HttpRequestException { InnerException: { } inner } => Of(inner),
        IOException { InnerException: { } inner } => Of(inner),
        WebSocketException { InnerException: { } inner } => Of(inner),
        WebSocketException => Malformed,
        _ => null,
    };

    private static string? Of(SocketError error) => error switch
    {
        SocketError.TooManyOpenSockets => null,
        SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.AddressNotAvailable => Connect,
        SocketError.TimedOut => TimeOut,
        _ => Reset,
    };
}
