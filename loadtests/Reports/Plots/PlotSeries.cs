namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>A line of a plot.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Colour">The number of its colour; a line and what it was meant to be share one.</param>
/// <param name="Runs">Its points in the order of x; between two runs there is no line.</param>
internal sealed record PlotSeries(string Name, int Colour, IReadOnlyList<IReadOnlyList<PlotPoint>> Runs)
{
    /// <summary>Whether it is what was meant, not what was measured: a wide pale line, which is seen behind one that is exactly so.</summary>
    public bool IsIntended { get; init; }

    /// <summary>Whether each value holds until the next one.</summary>
    public bool IsStepped { get; init; }

    public IEnumerable<PlotPoint> Points => Runs.SelectMany(run => run);
}
