namespace FastCanary.Simulation.Tests;

/// <summary>A run has shown what must not happen.</summary>
public sealed class LawBrokenException : Exception
{
    public LawBrokenException(string message)
        : base(message)
    {
    }

    public LawBrokenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public LawBrokenException()
    {
    }
}
