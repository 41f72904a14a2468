using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Requests for as long as it lives, a few milliseconds apart on each connection, whether the proxy is there or not.</summary>
internal sealed class PacedLoad : IDisposable
{
    private readonly int _port;
    private readonly int _pauseMs;
    private int _answered;
    private volatile bool _stop;

    /// <param name="port">Of the listener.</param>
    /// <param name="connections">Each sends one request at a time.</param>
    /// <param name="pauseMs">From an answer to the next request.</param>
    public PacedLoad(int port, int connections, int pauseMs)
    {
        (_port, _pauseMs) = (port, pauseMs);
        for (var i = 0; i < connections; i++) new Thread(Send, maxStackSize: 512 * 1024) { IsBackground = true, Name = "paced load" }.Start();
    }

    /// <summary>Answers that came, whatever their status.</summary>
    public int Answered => Volatile.Read(ref _answered);

    public void Dispose() => _stop = true;

    private void Send()
    {
        RawClient? client = null;
        while (!_stop)
        {
            try
            {
                client ??= new RawClient(_port);
                var closes = client.Get().Closes;
                Interlocked.Increment(ref _answered);
                Thread.Sleep(_pauseMs);
                if (!closes) continue;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                Thread.Sleep(20);
            }

            client?.Dispose();
            client = null;
        }

        client?.Dispose();
    }
}
