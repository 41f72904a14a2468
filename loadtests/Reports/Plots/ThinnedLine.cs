namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>A series as it is drawn.</summary>
/// <param name="Line">The points of the line, run by run.</param>
/// <param name="Band">From the lowest to the highest value that each point of the line stands for, run by run; empty where it stands for itself.</param>
internal sealed record ThinnedLine(IReadOnlyList<IReadOnlyList<PlotPoint>> Line, IReadOnlyList<IReadOnlyList<(double X, double Low, double High)>> Band);
