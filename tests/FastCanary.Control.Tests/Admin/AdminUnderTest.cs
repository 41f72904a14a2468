using System.Net;
using System.Net.Sockets;
using FastCanary.Transport;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control.Tests.Admin;

/// <summary>An admin server on a free loopback port, before a fake target.</summary>
internal sealed class AdminUnderTest : IDisposable
{
    private readonly List<AdminClient> _clients = [];

    public AdminUnderTest(AdminOptions? options = null, FakeTarget? target = null, TransportBackend? transport = null, IPAddress? address = null)
    {
        Target = target ?? new FakeTarget();
        for (var tries = 0; ; tries++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Port = ((IPEndPoint)probe.LocalEndPoint!).Port;
            probe.Dispose();
            try
            {
                Server = new AdminServer(new IPEndPoint(address ?? IPAddress.Loopback, Port), options ?? new AdminOptions(), Target, Log, transport ?? TransportBackend.Auto);
                return;
            }
            catch (TransportException) when (tries < 10)
            {
                // Somebody was faster: another port.
            }
        }
    }

    public FakeTarget Target { get; }

    public AdminServer Server { get; }

    public int Port { get; }

    public CollectedLog Log { get; } = new();

    /// <summary>A new connection.</summary>
    public AdminClient Connect()
    {
        var client = new AdminClient(Port);
        _clients.Add(client);
        return client;
    }

    /// <summary>One request on a connection of its own.</summary>
    public AdminReply Send(string method, string target, string body = "", params string[] fields) => Connect().Send(method, target, body, fields);

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        Server.Dispose();
    }

    /// <summary>Keeps what was logged.</summary>
    internal sealed class CollectedLog : ILogger
    {
        private readonly List<string> _lines = [];

        public string[] Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }
}
