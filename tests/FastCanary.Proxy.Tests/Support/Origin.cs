using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.Proxy.Tests;

/// <summary>A scripted upstream: every connection runs the script on a thread of its own. What the script throws is kept and fails the test.</summary>
public sealed class Origin : IDisposable
{
    private readonly Socket _listener;
    private readonly Action<OriginConnection> _script;
    private readonly ConcurrentBag<OriginConnection> _connections = [];
    private readonly ConcurrentQueue<Exception> _errors = new();
    private int _accepted;
    private volatile bool _stopped;

    /// <param name="script">Runs once per connection; the connection is closed when it returns.</param>
    /// <param name="receiveBufferBytes">The kernel's receive buffer of each connection; 0: its default.</param>
    public Origin(Action<OriginConnection> script, int receiveBufferBytes = 0)
    {
        _script = script;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBufferBytes > 0) _listener.ReceiveBufferSize = receiveBufferBytes;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Start("origin", Accept);
    }

    /// <summary>Answers every request with its method, target and body.</summary>
    public static Origin Echo() => new(connection =>
    {
        while (connection.ReadRequest() is { IsComplete: true } request)
        {
            connection.Answer($"{request.Method} {request.Target} {request.Text}", toHead: request.Method == "HEAD");
        }
    });

    /// <summary>Sends these bytes for every request, then goes on.</summary>
    public static Origin Saying(string response, Cut cut = Cut.Whole) => new(connection =>
    {
        connection.Wire.Cut = cut;
        while (connection.ReadRequest() is not null && connection.Wire.TrySend(response))
        {
        }
    });

    /// <summary>Sends these bytes for the first request of a connection, then closes it.</summary>
    public static Origin SayingAndClosing(string response, Cut cut = Cut.Whole, bool reset = false) => new(connection =>
    {
        connection.Wire.Cut = cut;
        connection.ReadRequest();
        connection.Wire.TrySend(response);
        if (reset) connection.Wire.Reset();
    });

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Every request that any connection has read, in the order read.</summary>
    public ConcurrentQueue<Message> Requests { get; } = new();

    public IReadOnlyCollection<Exception> Errors => _errors;

    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        foreach (var connection in _connections) connection.Wire.Dispose();
    }

    private static void Start(string name, Action run) => new Thread(() => run(), 256 << 10) { Name = name, IsBackground = true }.Start();

    private void Accept()
    {
        while (!_stopped)
        {
            try
            {
                var connection = new OriginConnection(this, new Wire(_listener.Accept(), isPatient: true), Interlocked.Increment(ref _accepted) - 1);
                _connections.Add(connection);
                Start("origin connection", () => Serve(connection));
            }
            catch (SocketException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Serve(OriginConnection connection)
    {
        try
        {
            _script(connection);
            connection.Wire.Dispose();
        }
        catch (Exception e) when (_stopped || e is ObjectDisposedException)
        {
            // The test is over.
        }
        catch (SocketException)
        {
            // The proxy may leave at any time; a test that minds asks how the connection ended.
            connection.Wire.Dispose();
        }
        catch (Exception e)
        {
            _errors.Enqueue(e);
            connection.Wire.Dispose();
        }
    }
}
