namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>A point of a series, in the units of its axes.</summary>
internal readonly record struct PlotPoint(double X, double Y);
