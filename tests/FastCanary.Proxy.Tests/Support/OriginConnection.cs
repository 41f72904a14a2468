using System.Globalization;

namespace FastCanary.Proxy.Tests;

/// <summary>One connection at an <see cref="Origin"/>.</summary>
/// <param name="origin">Where it was accepted.</param>
/// <param name="wire">The connection.</param>
/// <param name="index">How many the origin had accepted before.</param>
public sealed class OriginConnection(Origin origin, Wire wire, int index)
{
    public Wire Wire { get; } = wire;

    public int Index { get; } = index;

    /// <summary>The next request, body included and perhaps incomplete; null at the end of the connection.</summary>
    public Message? ReadRequest() => Note(Message.ReadRequest(Wire));

    /// <summary>The next request's head; its body is left to the script.</summary>
    public Message? ReadHead() => Note(Message.ReadHead(Wire));

    /// <summary>A 200 with a Content-Length.</summary>
    public void Answer(string body, bool toHead = false) =>
        Wire.TrySend(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{(toHead ? "" : body)}"));

    private Message? Note(Message? request)
    {
        if (request is not null) origin.Requests.Enqueue(request);
        return request;
    }
}
