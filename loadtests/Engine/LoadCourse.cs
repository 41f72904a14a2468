namespace FastCanary.LoadTests.Engine;

/// <summary>
/// When each request of an open load is due, and how many copies a closed one has: a list of simulations as functions of time.
/// The n-th request of a stretch is due where the integral of its rate reaches n, so a rate over a duration gives exactly their product.
/// </summary>
internal sealed class LoadCourse
{
    private readonly Stretch[] _stretches;
    private int _stretch;
    private long _inStretch;

    /// <param name="simulations">At least one.</param>
    public LoadCourse(IReadOnlyList<LoadSimulation> simulations)
    {
        if (simulations.Count == 0) throw new ArgumentException("a load has at least one simulation", nameof(simulations));
        _stretches = new Stretch[simulations.Count];
        double begin = 0;
        (double rate, double copies) = (0, 0);
        for (int i = 0; i < simulations.Count; i++)
        {
            LoadSimulation simulation = simulations[i];
            bool isOpen = simulation.Kind is SimulationKind.Inject or SimulationKind.RampingInject;
            bool isClosed = simulation.Kind is SimulationKind.KeepConstant or SimulationKind.RampingConstant;
            double from = simulation.Kind switch { SimulationKind.RampingInject => rate, SimulationKind.RampingConstant => copies, _ => simulation.Target };
            _stretches[i] = new Stretch(begin, simulation.During.TotalSeconds, from, simulation.Target, isOpen, isClosed);
            (rate, copies) = (isOpen ? simulation.Target : 0, isClosed ? simulation.Target : 0);
            begin += simulation.During.TotalSeconds;
        }

        Seconds = begin;
    }

    /// <summary>How long it all lasts.</summary>
    public double Seconds { get; }

    /// <summary>How many requests the open stretches hold.</summary>
    public long Total => _stretches.Sum(stretch => stretch.Count);

    /// <summary>When the next request is due, in seconds from the begin; infinite after the last.</summary>
    public double NextDue()
    {
        for (; _stretch < _stretches.Length; _stretch++, _inStretch = 0)
            if (_inStretch < _stretches[_stretch].Count) return _stretches[_stretch].Due(_inStretch);
        return double.PositiveInfinity;
    }

    /// <summary>Goes on to the request after the one that is due.</summary>
    public void Advance() => _inStretch++;

    /// <summary>How many copies a closed load has at a time; 0 in open stretches and pauses.</summary>
    /// <param name="seconds">From the begin.</param>
    public int CopiesAt(double seconds)
    {
        foreach (Stretch stretch in _stretches)
            if (seconds < stretch.Begin + stretch.Seconds) return stretch.IsClosed ? (int)Math.Ceiling(stretch.At(seconds)) : 0;
        return 0;
    }

    private readonly record struct Stretch(double Begin, double Seconds, double From, double To, bool IsOpen, bool IsClosed)
    {
        // The least excess, so that 0.1 s at 10/s is one request whatever the rounding.
        private const double Excess = 1e-9;

        public long Count => IsOpen ? (long)Math.Floor(((From + To) / 2 * Seconds) + Excess) : 0;

        public double At(double seconds) => From + ((To - From) * (seconds - Begin) / Seconds);

        // From·t + (To − From)·t² / 2T = n, solved for t in the form that does not cancel.
        public double Due(long n)
        {
            double slope = (To - From) / Seconds;
            double root = Math.Sqrt(Math.Max(0, (From * From) + (2 * slope * n)));
            return n == 0 ? Begin : Begin + Math.Min(Seconds, 2 * n / (From + root));
        }
    }
}
