namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>A second of all the steps of a lane.</summary>
internal sealed class LaneSecond(int second)
{
    /// <summary>The whole seconds since the scenario's begin.</summary>
    public int Second { get; } = second;

    public long Succeeded { get; set; }

    public long Failed { get; set; }

    /// <summary>The part of the second in which there was a load, 0 to 1: the first and the last one are seldom whole.</summary>
    public double Covered { get; set; }
}
