using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Tests.Support;

namespace FastCanary.LoadTests.Tests.Engine;

public sealed class AsyncLoadTests
{
    private static readonly AsyncLoadSettings Usual = new();

    public static TheoryData<Exception, string?> Thrown => new()
    {
        { new StepFailedException(Failures.Content, "byte 5"), Failures.Content },
        { new TimeoutException(), Failures.TimeOut },
        { new OperationCanceledException(), Failures.TimeOut },
        { new EndOfStreamException(), Failures.Closed },
        { new SocketException((int)SocketError.ConnectionRefused), Failures.Connect },
        { new SocketException((int)SocketError.ConnectionReset), Failures.Reset },
        { new IOException("read", new SocketException((int)SocketError.ConnectionReset)), Failures.Reset },
        { new HttpRequestException(HttpRequestError.ConnectionError, "x", new SocketException((int)SocketError.ConnectionRefused)), Failures.Connect },
        { new HttpRequestException(HttpRequestError.ResponseEnded, "x"), Failures.Closed },
        { new HttpIOException(HttpRequestError.ResponseEnded, "x"), Failures.Closed },
        { new HttpRequestException(HttpRequestError.InvalidResponse, "x"), Failures.Malformed },
        { new HttpRequestException("x", null, HttpStatusCode.BadGateway), "status 502" },
        { new WebSocketException(WebSocketError.ConnectionClosedPrematurely), Failures.Closed },
        { new WebSocketException(WebSocketError.Faulted), Failures.Malformed },
        { new WebSocketException("x", new HttpRequestException("x", null, HttpStatusCode.BadGateway)), "status 502" },
        { new SocketException((int)SocketError.TooManyOpenSockets), null },
        { new HttpRequestException(HttpRequestError.ConnectionError, "x", new SocketException((int)SocketError.TooManyOpenSockets)), null },
        { new InvalidCastException("x"), null },
        { new NullReferenceException(), null },
    };

    [Theory]
    [InlineData(2048)]
    [InlineData(3)]
    public async Task Every_step_that_is_due_runs_once(int copies)
    {
        var seen = new ConcurrentBag<(long Number, int Copy)>();
        StepResult result = await LoadAsync(
            Usual with { CopiesMax = copies },
            async context =>
            {
                seen.Add((context.Number, context.Copy));
                await Task.Yield();
                return StepOutcome.Success(7, version: (int)(context.Number % 2));
            },
            Simulation.Inject(400, Seconds(0.5)), Simulation.Pause(Seconds(0.1)), Simulation.RampingInject(1000, Seconds(0.2)));
        Assert.Equal((300, 0, 2100L), (result.Latency.Count, result.Failed, result.Bytes));
        Assert.Equal([150, 150], result.ByVersion);
        Assert.Equal(Enumerable.Range(0, 300).Select(number => ((long)number, -1)), seen.Order());
        Assert.Equal(["inject 400/s for 0.5 s", "pause for 0.1 s", "ramp to 1000/s in 0.2 s"], result.Simulations);
    }

    [Fact]
    public async Task What_waits_behind_a_stalled_step_is_late_by_as_much()
    {
        StepResult result = await LoadAsync(
            Usual with { CopiesMax = 1 },
            async context =>
            {
                if (context.Number == 10) await Task.Delay(500);
                return StepOutcome.Success(0);
            },
            Simulation.Inject(100, Seconds(1)));
        Assert.Equal(100, result.Latency.Count);
        // 50 steps are due in those 500 ms; at least 40 of them wait for more than 100 ms of it.
        Assert.True(result.Latency.CountAbove(100_000) >= 40, $"{result.Latency.CountAbove(100_000)} of 100 above 100 ms");
    }

    [Fact]
    public async Task A_stalled_step_holds_up_no_other_while_copies_are_free()
    {
        var stalled = new TaskCompletionSource();
        StepResult result = await LoadAsync(
            Usual,
            async context =>
            {
                if (context.Number == 0) await stalled.Task;
                if (context.Number == 99) stalled.SetResult();
                return StepOutcome.Success(0);
            },
            Simulation.Inject(200, Seconds(0.5)));
        Assert.Equal((100, 0), (result.Latency.Count, result.Failed));
        Assert.True(result.Latency.Max >= 490_000);
    }

    [Fact]
    public async Task Copies_are_as_many_as_the_simulation_says_each_with_one_step_at_a_time()
    {
        var busy = new ConcurrentDictionary<int, long>();
        (int most, int withAll) = (0, 0);
        using var cancel = new CancellationTokenSource();
        StepRecorder recorder = Recorder();
        await AsyncLoad.RunAsync(
            Usual,
            async context =>
            {
                Assert.True(busy.TryAdd(context.Copy, context.Number));
                InterlockedMax(ref most, busy.Count);
                if (busy.Count >= 5 && Interlocked.Increment(ref withAll) == 50) await cancel.CancelAsync();
                await Task.Delay(20);
                Assert.True(busy.TryRemove(context.Copy, out _));
                return StepOutcome.Success(0);
            },
            [Simulation.RampingConstant(5, Seconds(0.3)), Simulation.KeepConstant(5, Seconds(60))], recorder, cancel.Token);
        Assert.Equal(0, recorder.Failed);
        Assert.True(recorder.Ended > 20);
        Assert.Equal(5, most);
    }

    [Fact]
    public async Task Iterations_are_run_exactly_by_so_many_copies()
    {
        var seen = new ConcurrentBag<long>();
        (int underWay, int most) = (0, 0);
        var recorder = Recorder();
        string? failure = await AsyncLoad.IterateAsync(
            Usual,
            async context =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref underWay));
                seen.Add(context.Number);
                await Task.Delay(5);
                Interlocked.Decrement(ref underWay);
                return StepOutcome.Success(0);
            },
            50, 4, recorder, TestContext.Current.CancellationToken);
        Assert.Null(failure);
        Assert.Equal(Enumerable.Range(0, 50).Select(number => (long)number), seen.Order());
        Assert.Equal(4, most);
        Assert.Equal((50, 0), (recorder.Ended, recorder.Failed));
        Assert.Equal(["50 iterations by 4 copies"], recorder.ToResult().Simulations);
    }

    [Theory]
    [MemberData(nameof(Thrown))]
    public async Task An_exception_counts_as_its_kind_and_one_of_the_program_surfaces(Exception thrown, string? kind)
    {
        StepRecorder recorder = Recorder();
        // If it did not surface, the load would last for minutes.
        Task<string?> load = AsyncLoad.RunAsync(Usual, async _ => await Task.FromException<StepOutcome>(thrown), [Simulation.Inject(10, Seconds(kind is null ? 600 : 0.2))], recorder, TestContext.Current.CancellationToken);
        if (kind is null)
        {
            Assert.Same(thrown, await Assert.ThrowsAsync(thrown.GetType(), () => load));
            return;
        }

        Assert.StartsWith($"{kind}: {thrown.Message}", await load);
        Assert.Equal(2, recorder.ToResult().Failures[kind]);
    }

    [Fact]
    public async Task A_fault_of_the_program_ends_the_steps_beside_it()
    {
        StepRecorder recorder = Recorder();
        await Assert.ThrowsAsync<InvalidCastException>(() => AsyncLoad.IterateAsync(
            Usual with { TimeOutSeconds = 600 },
            async context =>
            {
                if (context.Number == 3) throw new InvalidCastException();
                await Task.Delay(Timeout.Infinite, context.Cancel);
                return StepOutcome.Success(0);
            },
            1000, 4, recorder, TestContext.Current.CancellationToken));
        Assert.Equal(0, recorder.Ended);
    }

    [Fact]
    public async Task A_step_that_says_so_has_failed()
    {
        StepResult result = await LoadAsync(Usual, context => Task.FromResult(new StepOutcome(context.Number == 3 ? Failures.Content : null, 1, 0)), Simulation.Inject(100, Seconds(0.1)));
        Assert.Equal((9, 1), (result.Latency.Count, result.Failures[Failures.Content]));
        Assert.Equal([0, 10], result.ByVersion);
    }

    [Fact]
    public async Task A_step_that_takes_too_long_is_cancelled_and_has_failed_and_so_has_what_waits_for_it()
    {
        StepResult result = await LoadAsync(Usual with { CopiesMax = 1, TimeOutSeconds = 0.3 }, Hang, Simulation.Inject(10, Seconds(1)));
        Assert.Equal((0, 10), (result.Latency.Count, result.Failures[Failures.TimeOut]));
    }

    [Fact]
    public async Task Cancelled_it_begins_nothing_more_and_what_is_under_way_counts_neither_way()
    {
        using var cancel = new CancellationTokenSource();
        StepRecorder recorder = Recorder();
        await AsyncLoad.RunAsync(
            Usual,
            context =>
            {
                if (context.Number == 5) cancel.Cancel();
                return context.Number < 3 ? Task.FromResult(StepOutcome.Success(0)) : Hang(context);
            },
            [Simulation.Inject(100, Seconds(300)), Simulation.KeepConstant(10, Seconds(300))], recorder, cancel.Token);
        Assert.Equal((3, 0), (recorder.Ended, recorder.Failed));
    }

    [Fact]
    public async Task Failures_of_real_sockets_have_names()
    {
        var nobody = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        using var resetting = new ScriptedServer((socket, _) =>
        {
            socket.LingerState = new LingerOption(enable: true, 0);
            return false;
        });
        StepResult result = await LoadAsync(
            Usual,
            async context =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.Number % 2 == 0 ? nobody : resetting.Address, context.Cancel);
                using var stream = new NetworkStream(socket);
                await stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), context.Cancel);
                await stream.ReadExactlyAsync(new byte[1], context.Cancel);
                return StepOutcome.Success(1);
            },
            Simulation.Inject(100, Seconds(0.2)));
        Assert.Equal((10, 10), (result.Failures[Failures.Connect], result.Failures[Failures.Reset]));
    }

    private static async Task<StepOutcome> Hang(StepContext context)
    {
        await Task.Delay(Timeout.Infinite, context.Cancel);
        return StepOutcome.Success(0);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static StepRecorder Recorder() => new("step", new VersionNames("v1", "v2"), new Clock());

    private static async Task<StepResult> LoadAsync(AsyncLoadSettings settings, Func<StepContext, Task<StepOutcome>> step, params LoadSimulation[] simulations)
    {
        StepRecorder recorder = Recorder();
        await AsyncLoad.RunAsync(settings, step, simulations, recorder, TestContext.Current.CancellationToken);
        return recorder.ToResult();
    }
}
