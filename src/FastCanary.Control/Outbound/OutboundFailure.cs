using System.Globalization;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace FastCanary.Control;

/// <summary>What went wrong towards others, in a few plain words. They never hold a part of an address that may be a secret.</summary>
internal static class OutboundFailure
{
    /// <summary>What is said of something that had this long.</summary>
    public static string TimedOut(TimeSpan limit) => limit.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"timed out after {limit.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"timed out after {limit.TotalMilliseconds:0} ms");

    /// <summary>What is said of a failure to connect, to send or to receive.</summary>
    public static string Describe(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket) return Describe(socket.SocketErrorCode);
            if (cause is AuthenticationException) return "TLS: " + cause.Message;
            if (cause is TimeoutException) return "connecting timed out";
            if (cause is HttpIOException http) return Describe(http.HttpRequestError);
        }

        return failure switch
        {
            HttpRequestException request => Describe(request.HttpRequestError),
            _ => failure.GetType().Name,
        };
    }

    private static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        SocketError.TimedOut => "connecting timed out",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown => "unreachable",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => "the name cannot be resolved",
        _ => $"socket error {error}",
    };

    private static string Describe(HttpRequestError error) => error switch
    {
        HttpRequestError.ResponseEnded => "the connection ended before the answer did",
        HttpRequestError.InvalidResponse => "the answer is not HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "the answer's head is too large",
        _ => $"failed: {error}",
    };
}
