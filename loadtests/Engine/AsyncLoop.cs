using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Engine;

/// <summary>Begins the steps of a load when they are due. One thread keeps the time, finer than .NET's timers do; the steps run on the thread pool.</summary>
internal sealed class AsyncLoop : IDisposable
{
    // How soon a change of the number of copies, or a stop, is noticed.
    private const double WaitSecondsMax = 0.01;

    // What waits beyond this is counted as not sent: the generator's memory is no measure of the target.
    private const int WaitingMax = 1_000_000;

    private readonly AsyncLoadSettings _settings;
    private readonly StepPlayer _player;
    private readonly LoadCourse _course;
    private readonly StepRecorder _recorder;
    private readonly Poller _poller = Poller.Create();
    private readonly Lock _lock = new();
    private readonly Queue<(long Number, double DueAt)> _waiting = [];
    private readonly HashSet<int> _copies = [];
    private readonly List<int> _ready = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number = -1;
    private int _open;
    private bool _isOver;

    /// <param name="settings">Bounds.</param>
    /// <param name="player">Runs the steps.</param>
    /// <param name="simulations">When.</param>
    /// <param name="recorder">Counts what was not run.</param>
    public AsyncLoop(AsyncLoadSettings settings, StepPlayer player, IReadOnlyList<LoadSimulation> simulations, StepRecorder recorder)
    {
        (_settings, _player, _recorder) = (settings, player, recorder);
        _course = new LoadCourse(simulations);
    }

    /// <summary>Runs to the end of the course and of the steps under way.</summary>
    public async Task RunAsync()
    {
        await Task.Factory.StartNew(KeepTime, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await _ended.Task;
    }

    public void Dispose() => _poller.Dispose();

    private void KeepTime()
    {
        while (!_player.Stopped)
        {
            double now = _player.Clock.Seconds;
            double next = BeginDue(Math.Min(now, _course.Seconds));
            if (now >= _course.Seconds) break;
            BeginCopies(now);
            _poller.Wait(Math.Clamp(Math.Min(next, _course.Seconds) - _player.Clock.Seconds, 0, WaitSecondsMax), _ready);
        }

        lock (_lock)
        {
            _isOver = true;
            if (_player.Stopped) _waiting.Clear();
            EndIfDone();
        }
    }

    private double BeginDue(double now)
    {
        while (true)
        {
            double due = _course.NextDue();
            if (due > now || double.IsPositiveInfinity(due)) return due;
            _course.Advance();
            long number = Interlocked.Increment(ref _number);
            lock (_lock)
            {
                if (_open >= _settings.CopiesMax)
                {
                    if (_waiting.Count < WaitingMax) _waiting.Enqueue((number, due));
                    else _recorder.Fail(Failures.NotSent, VersionNames.Unknown);
                    continue;
                }

                _open++;
            }

            _ = Task.Run(() => RunOpenAsync(number, due));
        }
    }

    private async Task RunOpenAsync(long number, double due)
    {
        _recorder.Lag((long)((_player.Clock.Seconds - due) * 1e6));
        while (true)
        {
            await _player.PlayAsync(number, copy: -1, due);
            lock (_lock)
            {
                if (_player.Stopped) _waiting.Clear();
                if (!_waiting.TryDequeue(out (long Number, double DueAt) waiting))
                {
                    _open--;
                    EndIfDone();
                    return;
                }

                (number, due) = waiting;
            }
        }
    }

    private void BeginCopies(double now)
    {
        int copies = _course.CopiesAt(now);
        for (int copy = 0; copy < copies; copy++)
        {
            int index = copy;
            lock (_lock)
                if (!_copies.Add(index)) continue;
            _ = Task.Run(() => RunCopyAsync(index));
        }
    }

    private async Task RunCopyAsync(int copy)
    {
        for (double now = _player.Clock.Seconds; !_player.Stopped && copy < _course.CopiesAt(now); now = _player.Clock.Seconds)
        {
            await _player.PlayAsync(Interlocked.Increment(ref _number), copy, now);
            // A step that never waits is not to keep a thread of the pool from the others.
            await Task.Yield();
        }

        lock (_lock)
        {
            _copies.Remove(copy);
            EndIfDone();
        }
    }

    private void EndIfDone()
    {
        if (_isOver && _open == 0 && _copies.Count == 0 && _waiting.Count == 0) _ended.TrySetResult();
    }
}
