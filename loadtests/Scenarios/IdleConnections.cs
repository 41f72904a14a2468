using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>Connections that are opened, ask once, and then do nothing until they are to ask again.</summary>
internal sealed class IdleConnections : IDisposable
{
    private const int AtOnce = 64;

    private static readonly VersionNames None = new();

    private readonly Socket?[] _sockets;
    private readonly IPEndPoint _address;
    private readonly byte[] _request;

    /// <param name="count">How many.</param>
    /// <param name="address">Where they go.</param>
    /// <param name="service">What they ask for.</param>
    public IdleConnections(int count, IPEndPoint address, ServiceUnderTest service)
    {
        (_sockets, _address) = (new Socket?[count], address);
        _request = Encoding.ASCII.GetBytes($"GET {service.Path} HTTP/1.1\r\nHost: {service.Host}\r\n\r\n");
    }

    /// <summary>How many the other side has not closed.</summary>
    public int Open => _sockets.Count(IsOpen);

    /// <summary>Opens them all, and has one request answered on each.</summary>
    /// <exception cref="InvalidOperationException">This process may not have as many.</exception>
    public Task<StepResult> OpenAsync(ScenarioRun run, string step) => EachAsync(run, step, async (index, cancel) =>
    {
        try
        {
            Socket socket = _sockets[index] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_address, cancel);
            return await AskAsync(socket, cancel);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
        {
            throw new InvalidOperationException($"{_sockets.Length} connections need more descriptors than this process may have: raise the limit before (ulimit -n 24000)", e);
        }
    });

    /// <summary>Has one more request answered on each.</summary>
    public Task<StepResult> AskAsync(ScenarioRun run, string step) => EachAsync(run, step, (index, cancel) => AskAsync(_sockets[index]!, cancel));

    public void Dispose()
    {
        foreach (Socket? socket in _sockets) socket?.Dispose();
    }

    private static bool IsOpen(Socket? socket) => socket is not null && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    private Task<StepResult> EachAsync(ScenarioRun run, string step, Func<int, CancellationToken, Task<string?>> act) => run.IterateAsync(
        step,
        None,
        new AsyncLoadSettings(),
        async context => new StepOutcome(await act((int)context.Number, context.Cancel), VersionNames.Unknown, 0),
        _sockets.Length,
        AtOnce);

    /// <summary>One request on a connection.</summary>
    /// <returns>Null where it is answered with 200; else what went wrong.</returns>
    private async Task<string?> AskAsync(Socket socket, CancellationToken cancel)
    {
        await socket.SendAsync(_request, cancel);
        var answer = new AnswerReader(None);
        answer.Begin();
        byte[] received = new byte[4096];
        for (int length = 0; ;)
        {
            int read = await socket.ReceiveAsync(received.AsMemory(length), cancel);
            if (read == 0) return Failures.Closed;
            length += read;
            try
            {
                if (IsWhole(answer, received, ref length)) return answer.Status == 200 ? null : Failures.Status(answer.Status);
            }
            catch (FormatException)
            {
                return Failures.Malformed;
            }

            if (length == received.Length) return Failures.Malformed;
        }
    }

    private static bool IsWhole(AnswerReader answer, byte[] received, ref int length)
    {
        ReadOnlySpan<byte> data = received.AsSpan(0, length);
        bool isWhole = answer.Read(ref data);
        data.CopyTo(received);
        length = data.Length;
        return isWhole;
    }
}
