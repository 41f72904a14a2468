namespace FastCanary.Control;

/// <summary>
/// Runs calls one after the other on a thread of its own, so that what locks or syncs never holds up a loop, and never takes the pool's threads from timers.
/// At most one call a connection waits, so the queue is bounded by their limit.
/// </summary>
internal sealed class AdminCallThread : IDisposable
{
    private readonly Queue<AdminSession> _waiting = new();
    private readonly Action<AdminSession> _run;
    private bool _stopped;

    /// <param name="name">The thread's name.</param>
    /// <param name="run">Answers a session's request; throws nothing.</param>
    public AdminCallThread(string name, Action<AdminSession> run)
    {
        _run = run;
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Runs the session's call soon.</summary>
    public void Add(AdminSession session)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(session);
            Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Ends the thread after the call that is under way, without waiting for it: a change goes on to its end.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _stopped = true;
            _waiting.Clear();
            Monitor.Pulse(_waiting);
        }
    }

    private void Run()
    {
        while (true)
        {
            AdminSession? session;
            lock (_waiting)
            {
                while (!_waiting.TryDequeue(out session))
                {
                    if (_stopped) return;
                    Monitor.Wait(_waiting);
                }
            }

            _run(session);
        }
    }
}
