using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>The origin's end of a connection.</summary>
internal sealed class OriginConnection
{
    public OriginConnection(Socket socket)
    {
        Wire = new Wire(socket);
        // An idle pooled connection may rest for as long as it likes.
        socket.ReceiveTimeout = 0;
    }

    public Wire Wire { get; }

    /// <summary>The next request with its body; null where the proxy has closed.</summary>
    public HttpMessage? Read() => Wire.ReadHead() is { } head ? Wire.ReadBody(head, isResponse: false) : null;

    public void Send(string text) => Wire.Send(text);

    public void AnswerAll(Func<HttpMessage, string> response)
    {
        while (Read() is { } request) Send(response(request));
    }

    /// <summary>Does nothing until the other side goes away.</summary>
    public void WaitForEnd()
    {
        while (Wire.TakeSome().Length > 0)
        {
        }
    }
}
