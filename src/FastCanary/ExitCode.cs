namespace FastCanary;

/// <summary>What the process ends with; scripts rely on it.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int InvalidConfiguration = 2;
}
