namespace FastCanary;

/// <summary>What the process ends with; scripts rely on it.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int InvalidConfiguration = 2;

    /// <summary>The rollout that was waited for ended in an abort.</summary>
    public const int RolloutAborted = 3;

    /// <summary>Ended by SIGHUP, SIGINT or SIGTERM while there was something to wait for: 128 and the signal's number, as shells have it.</summary>
    public const int HungUp = 129;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
