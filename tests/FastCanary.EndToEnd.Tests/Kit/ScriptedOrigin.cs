namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An origin that does on each connection what the test says, on a thread of its own.</summary>
internal sealed class ScriptedOrigin : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly OriginListener _listener;

    /// <param name="script">Runs once per connection; the connection closes behind it.</param>
    /// <param name="port">Where to listen; 0: anywhere.</param>
    public ScriptedOrigin(Action<OriginConnection> script, int port = 0) => _listener = new OriginListener(port, StackBytes, socket => script(new OriginConnection(socket)));

    public int Port => _listener.Port;

    /// <summary>Connections that came so far.</summary>
    public int Accepted => _listener.Accepted;

    /// <summary>Answers every request with the same body, as long as the proxy asks.</summary>
    public static ScriptedOrigin Answering(string body, int port = 0) => new(connection => connection.AnswerAll(_ => Response(body)), port);

    /// <summary>Answers every request with what is made of it.</summary>
    public static ScriptedOrigin Answering(Func<HttpMessage, string> response, int port = 0) => new(connection => connection.AnswerAll(response), port);

    public static string Response(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Stops listening and resets its connections, as a process that is killed does.</summary>
    public void Dispose() => _listener.Dispose();
}
