using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Tests.Support;

/// <summary>An admin API that answers as the test says; a connection carries one request.</summary>
internal sealed class AdminServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<AdminRequest, string?> _answer;
    private readonly List<AdminRequest> _requests = [];

    /// <param name="answer">The whole response as text; null: the connection ends without one.</param>
    public AdminServer(Func<AdminRequest, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Address { get; }

    public IReadOnlyList<AdminRequest> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public static string Json(string body, int status = 200) =>
        $"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static string Error(int status, string error, string detail) => Json($$"""{"error":"{{error}}","detail":"{{detail}}"}""", status);

    public void Dispose() => _listener.Stop();

    private static AdminRequest? Read(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadLine() is not { } line) return null;
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { Length: > 0 } field) fields[field[..field.IndexOf(':')]] = field[(field.IndexOf(':') + 1)..].Trim();
        var body = new char[int.Parse(fields.GetValueOrDefault("Content-Length", "0"))];
        reader.ReadBlock(body);
        var parts = line.Split(' ');
        return new AdminRequest(parts[0], parts[1], fields, new string(body));
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                using var client = _listener.AcceptTcpClient();
                Serve(client);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped: while it waited, or between two connections.
        }
    }

    private void Serve(TcpClient client)
    {
        try
        {
            using var stream = client.GetStream();
            if (Read(stream) is not { } request) return;
            lock (_requests) _requests.Add(request);
            if (_answer(request) is { } answer) stream.Write(Encoding.UTF8.GetBytes(answer));
        }
        catch (IOException)
        {
            // Who asked has gone.
        }
    }
}
