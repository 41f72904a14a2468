using System.Globalization;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>The data plane with its origins, and phases in which clients and reloads run.</summary>
internal sealed class SoakRun : IDisposable
{
    private const int Origins = 3;

    // What the least likely action may need beyond its time on a machine that stands still for a while.
    private const int CoverageMsMax = 60_000;

    // The numbers of one phase's requests do not come again in another.
    private const int PhaseNumbers = 1 << 28;

    private readonly SoakCounts _counts = new();
    private readonly DataPlane _plane;
    private readonly List<SoakOrigin> _origins;
    private readonly SoakReloads _reloads;
    private readonly ulong _seed;
    private readonly int _clients;
    private int _phase;
    private int _pipesMax;

    public SoakRun(ulong seed, int loops, int clients)
    {
        _seed = seed;
        _clients = clients;
        var posts = new SoakPosts(clients);
        _plane = new DataPlane(loops, TransportBackend.Epoll);
        _origins = [.. Enumerable.Range(0, Origins).Select(_ => new SoakOrigin(_counts, posts))];
        _reloads = new SoakReloads(_plane, _origins, SoakRandom.Of(seed, 0));
    }

    /// <summary>Clients and reloads for so long, or on a slow machine, where <paramref name="isCovering"/>, until everything has happened; then the clients have left, and there are no listeners and no endpoints any more.</summary>
    public void Phase(int seconds, bool isCovering = false)
    {
        var phase = _phase++;
        _reloads.Open();
        var until = Environment.TickCount64 + (seconds * 1000L);
        var latest = until + CoverageMsMax;
        var isComplete = !isCovering;
        bool IsOver() => (Environment.TickCount64 >= until && (Volatile.Read(ref isComplete) || Environment.TickCount64 >= latest)) || _counts.HasFault;
        var threads = new List<Thread> { Start("reloads", () => _reloads.Run(IsOver)) };
        for (var i = 0; i < _clients; i++)
        {
            var index = i;
            threads.Add(Start("client", () =>
            {
                using var client = new SoakClient(index, SoakRandom.Mix(_seed + (ulong)phase), phase * PhaseNumbers, _reloads, _counts);
                client.Run(IsOver);
            }));
        }

        while (threads.Exists(static thread => thread.IsAlive))
        {
            _pipesMax = Math.Max(_pipesMax, _plane.PipesRented);
            if (!isComplete && Environment.TickCount64 >= until && !Missing().Any()) Volatile.Write(ref isComplete, true);
            Thread.Sleep(10);
        }

        _reloads.Close();
    }

    /// <summary>No fault so far, and everything that the phase has opened is given back.</summary>
    public void AssertNothingLeft()
    {
        Assert.True(!_counts.HasFault, string.Join("\n\n", _counts.Faults) + "\n\n" + Report());
        Eventually(() => _plane.Sessions, "sessions");
        // An upstream connection that outlived its pool's closing is closed when its idle time is over; a client's lingers for 5 s at most.
        Eventually(() => _plane.Connections, "connections");
        Eventually(() => _plane.BlocksRented, "blocks");
        Eventually(() => _plane.PipesRented, "pipes");
        Eventually(() => _origins.Sum(static origin => origin.Connections), "connections at the origins");
        Assert.Null(_plane.LastBug);
        Assert.Equal(0, _plane.Count(ExchangeOutcome.InternalError));
        Assert.True(!_counts.HasFault, string.Join("\n\n", _counts.Faults));
    }

    public void AssertEverythingHappened() => Assert.Empty(Missing());

    public string Report() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_counts.Report()}\nreloads: {_reloads.Applied}, listeners added {_reloads.ListenersAdded}, removed {_reloads.ListenersRemoved}; pipes in use at once, as sampled: up to {_pipesMax}\n"
        + $"outcomes: {string.Join(", ", Enum.GetValues<ExchangeOutcome>().Select(outcome => $"{outcome} {_plane.Count(outcome)}"))}");

    public void Dispose()
    {
        _plane.Dispose();
        foreach (var origin in _origins) origin.Dispose();
    }

    private IEnumerable<string> Missing()
    {
        foreach (var missing in _counts.Missing()) yield return missing;
        if (_pipesMax == 0) yield return "a body that went through a pipe";
        if (_reloads is not { ListenersAdded: > 0, ListenersRemoved: > 0 }) yield return "a listener that came and went";
        foreach (var note in (string[])["100", "broken off as asked", "502 for a reset", "400 for half a body"])
        {
            if (_counts.Noted(note) == 0) yield return note;
        }
    }

    private Thread Start(string name, Action run)
    {
        var thread = new Thread(
            () =>
            {
                try
                {
                    run();
                }
                catch (Exception e)
                {
                    _counts.Fault($"{name}: {e}");
                }
            },
            256 << 10)
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    private void Eventually(Func<int> left, string what)
    {
        var until = Environment.TickCount64 + Wire.PatienceMs;
        while (left() > 0 && Environment.TickCount64 < until) Thread.Sleep(5);
        Assert.True(left() == 0, $"{left()} {what} left; bug: {_plane.LastBug}");
    }
}
