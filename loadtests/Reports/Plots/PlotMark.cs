namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>A named stretch of a time axis.</summary>
/// <param name="Name">Above it, where there is room.</param>
/// <param name="From">Where it begins, in the axis's unit.</param>
/// <param name="To">Where it ends.</param>
internal sealed record PlotMark(string Name, double From, double To);
