namespace FastCanary.Reports;

/// <summary>How a piece of text stands out where there are colours.</summary>
internal enum Ink : byte
{
    Plain,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}
