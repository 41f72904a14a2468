namespace FastCanary.LoadTests.Command;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Every threshold of every scenario that was played held.</summary>
    public const int Passed = 0;

    /// <summary>One did not, nothing was played, or its report could not be written.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int WrongUsage = 2;
}
