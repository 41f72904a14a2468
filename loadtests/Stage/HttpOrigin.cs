using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.LoadTests.Stage;

/// <summary>
/// An endpoint of a version: it answers every request with its name, can be told to fail some, to take its time, to go down and to come back.
/// Requests are read as far as FastCanary sends them: a head, and content with a <c>Content-Length</c>. Other requests go to <see cref="BulkOrigin"/>.
/// </summary>
internal sealed class HttpOrigin
{
    private readonly byte[] _good;
    private readonly byte[] _bad;
    private double _failureShare;
    private double _delaySeconds;
    private bool _isUnwell;
    private bool _hangs;
    private long _requests;
    private long _failed;

    /// <param name="name">Unique: <c>stable-1</c>.</param>
    /// <param name="version">Whose endpoint it is.</param>
    /// <param name="address">Where it listens; with port 0 it takes a free one.</param>
    public HttpOrigin(string name, string version, IPEndPoint address)
    {
        (Name, Version) = (name, version);
        _good = Response("200 OK", "ok\n");
        _bad = Response("500 Internal Server Error", "no\n");
        Listener = Listen(address);
        Address = (IPEndPoint)Listener.LocalEndPoint!;
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>Where it listens, when it is up.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The part of its requests that it answers with 500, 0 to 1: exactly, evenly spread.</summary>
    public double FailureShare
    {
        get => Volatile.Read(ref _failureShare);
        set => Volatile.Write(ref _failureShare, value);
    }

    /// <summary>How long it takes for an answer.</summary>
    public double DelaySeconds
    {
        get => Volatile.Read(ref _delaySeconds);
        set => Volatile.Write(ref _delaySeconds, value);
    }

    /// <summary>Whether it answers health checks with 500; requests it answers as ever.</summary>
    public bool IsUnwell
    {
        get => Volatile.Read(ref _isUnwell);
        set => Volatile.Write(ref _isUnwell, value);
    }

    /// <summary>Whether it takes connections, requests and health checks, and answers none.</summary>
    public bool Hangs
    {
        get => Volatile.Read(ref _hangs);
        set => Volatile.Write(ref _hangs, value);
    }

    /// <summary>Requests that it has got, health checks excepted.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests of those that it answered with 500.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Null while it is down.</summary>
    public Socket? Listener { get; private set; }

    /// <summary>Called by the loop, when it has let the old one go.</summary>
    public void Open() => Listener ??= Listen(Address);

    /// <summary>Called by the loop.</summary>
    public void Close()
    {
        Listener?.Dispose();
        Listener = null;
    }

    /// <summary>Counts a request and answers it. Called by the loop.</summary>
    public byte[] Answer()
    {
        long number = ++_requests;
        double share = FailureShare;
        if (Math.Floor(number * share) <= Math.Floor((number - 1) * share)) return _good;
        _failed++;
        return _bad;
    }

    /// <summary>The answer to a health check. Called by the loop.</summary>
    public byte[] AnswerHealth() => IsUnwell ? _bad : _good;

    private Socket Listen(IPEndPoint address)
    {
        Socket listener = OriginListener.Open(Name, address);
        listener.Blocking = false;
        return listener;
    }

    private byte[] Response(string status, string content) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {content.Length}\r\nX-Origin: {Name}\r\nX-Origin-Version: {Version}\r\n\r\n{content}");
}
