namespace FastCanary.Reports;

/// <summary>The phases as the admin API names them.</summary>
internal static class RolloutPhase
{
    public const string Idle = "Idle";
    public const string Progressing = "Progressing";
    public const string Paused = "Paused";
    public const string Promoted = "Promoted";
    public const string Aborting = "Aborting";
    public const string Aborted = "Aborted";

    public static Ink InkOf(string phase) => phase switch
    {
        Promoted => Ink.Good,
        Paused => Ink.Warning,
        Aborting or Aborted => Ink.Bad,
        _ => Ink.Strong,
    };
}
