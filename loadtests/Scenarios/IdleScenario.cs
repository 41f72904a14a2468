using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>Many connections that do next to nothing, beside a load: all stay open, all are still served, and each costs little memory.</summary>
internal sealed class IdleScenario : IScenario
{
    private const int Connections = 10_000;
    private const int OpenedAtOnce = 64;
    private const double KiBPerConnectionMax = 8;

    // Below the shortest idle time-out that is usual (75 s): whoever is idle for longer may be closed.
    private const double SecondsBetweenRequests = 30;

    public string Name => "idle";

    public string Summary => "10,000 idle connections beside a load: none is dropped, all are served again, and each costs little memory";

    public Needs Needs => Needs.None;

    public double DefaultSeconds => 20;

    public double DefaultRate => 500;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Plain);
        byte[] request = Encoding.ASCII.GetBytes($"GET {service.Path} HTTP/1.1\r\nHost: {service.Host}\r\n\r\n");
        var load = new HttpStep(service.Host, service.Path);
        // The target has warmed up before its memory is looked at.
        await run.LoadAsync("warm-up", service.Versions, load, Simulation.Inject(run.Rate, TimeSpan.FromSeconds(2)));
        ProcessUse before = run.Stage.Admin is null ? default : await run.Admin.ProcessUseAsync();
        var sockets = new Socket?[Connections];
        try
        {
            StepRecorder opening = run.Step("open", new VersionNames());
            await EachAsync(
                sockets,
                opening,
                async socket =>
                {
                    await socket.ConnectAsync(run.Stage.Http, run.Cancel);
                    return await AskAsync(socket, request, run.Cancel);
                },
                run.Cancel);
            run.ExpectNoFailures(opening.ToResult());
            if (run.Stage.Admin is not null)
            {
                double perConnection = ((await run.Admin.ProcessUseAsync()).ResidentBytes - before.ResidentBytes) / 1024.0 / Connections;
                run.ExpectAtMost("memory per connection", perConnection, KiBPerConnectionMax, "KiB");
            }

            StepRecorder again = run.Step("ask again", new VersionNames());
            for (double left = run.Seconds; left > 0; left -= SecondsBetweenRequests)
            {
                StepResult beside = await run.LoadAsync("beside them", service.Versions, load, Simulation.Inject(run.Rate, TimeSpan.FromSeconds(Math.Min(left, SecondsBetweenRequests))));
                run.ExpectNoFailures(beside);
                await EachAsync(sockets, again, socket => AskAsync(socket, request, run.Cancel), run.Cancel);
            }

            run.ExpectNoFailures(again.ToResult());
            run.ExpectAtLeast("connections that are still open", sockets.Count(IsOpen), Connections);
        }
        finally
        {
            foreach (Socket? socket in sockets) socket?.Dispose();
        }
    }

    private static bool IsOpen(Socket? socket) => socket is not null && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    private static async Task EachAsync(Socket?[] sockets, StepRecorder recorder, Func<Socket, Task<string?>> act, CancellationToken cancel)
    {
        await Parallel.ForAsync(0, sockets.Length, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancel }, async (i, _) =>
        {
            var clock = new Clock();
            try
            {
                Socket socket = sockets[i] ??= new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                string? failure = await act(socket);
                if (failure is null) recorder.Succeed((long)(clock.Seconds * 1e6), VersionNames.Unknown, 0);
                else recorder.Fail(failure, VersionNames.Unknown);
            }
            catch (SocketException e)
            {
                recorder.Fail(e.SocketErrorCode == SocketError.TooManyOpenSockets ? "too few descriptors here (ulimit -n 24000)" : Failures.Reset, VersionNames.Unknown);
            }
        });
    }

    /// <summary>One request on a connection.</summary>
    /// <returns>Null where it is answered with 200; else what went wrong.</returns>
    private static async Task<string?> AskAsync(Socket socket, byte[] request, CancellationToken cancel)
    {
        await socket.SendAsync(request, cancel);
        var answer = new AnswerReader(new VersionNames());
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
