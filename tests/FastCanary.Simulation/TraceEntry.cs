namespace FastCanary.Simulation;

/// <summary>One event of a run.</summary>
internal readonly record struct TraceEntry(long AtUs, string What, int Who, long First, long Second)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{AtUs / 1000}.{AtUs % 1000:D3} ms  #{Who,-4} {What} {First} {Second}");
}
