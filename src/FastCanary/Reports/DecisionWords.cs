namespace FastCanary.Reports;

/// <summary>Decisions in words.</summary>
internal static class DecisionWords
{
    /// <summary>The split before and after; one split where it stays.</summary>
    public static string Change(DecisionReport decision)
    {
        var from = Figures.Split(decision.From);
        var to = Figures.Split(decision.To);
        if (from.Length == 0 || string.Equals(from, to, StringComparison.Ordinal)) return to;
        return to.Length == 0 ? from : $"{from} -> {to}";
    }

    public static Ink InkOf(string kind) => kind switch
    {
        "aborted" or "aborting" or "reduced" => Ink.Bad,
        "paused" or "held" or "reset" or "undone" => Ink.Warning,
        "promoted" or "completed" or "advanced" => Ink.Good,
        _ => Ink.Plain,
    };

    /// <summary>What a decision of this kind does; null for a kind that is not known here.</summary>
    public static string? Meaning(string kind) => kind switch
    {
        "started" => "the rollout began",
        "advanced" => "the rollout went to its next step",
        "paused" => "the rollout stopped where it is; the analysis goes on and can still abort it",
        "resumed" => "the rollout went on",
        "held" => "the analysis failed, and the configuration says to hold: the split stays, and somebody has to decide",
        "promoted" => "the canary was promoted",
        "completed" => "the time for which a promoted canary is watched is over",
        "aborting" => "the rollout failed, and traffic is taken from the canary step by step",
        "reduced" => "a further part of the traffic was taken from the canary",
        "aborted" => "the rollout was aborted: no new request goes to the canary by the split",
        "retried" => "the abort was lifted and the rollout begins anew, with fresh evidence",
        "undone" => "the last change of the rollout was taken back",
        "weights" => "the weights were set by hand",
        "reset" => "the canary is another one, so its evidence begins anew",
        "reloaded" => "the configuration was reloaded",
        "restored" => "the split was restored after a restart",
        _ => null,
    };

    /// <summary>What can be done where a rollout stands, each with its command.</summary>
    public static IReadOnlyList<string> Remedies(RolloutReport rollout, string service) => rollout.Phase switch
    {
        RolloutPhase.Idle => [$"fastcanary start {service}: begins the rollout"],
        RolloutPhase.Progressing =>
        [
            $"fastcanary pause {service}: stops it where it is",
            $"fastcanary promote {service}: goes to the next step now; with --full, to all of the traffic",
            $"fastcanary abort {service}: takes all traffic from the canary",
        ],
        RolloutPhase.Paused when rollout.IsAtGate =>
        [
            $"fastcanary promote {service}: opens the gate; with --full, to all of the traffic",
            $"fastcanary abort {service}: takes all traffic from the canary",
        ],
        RolloutPhase.Paused =>
        [
            $"fastcanary resume {service}: goes on with this step",
            $"fastcanary promote {service}: goes to the next step now; with --full, to all of the traffic",
            $"fastcanary abort {service}: takes all traffic from the canary",
        ],
        RolloutPhase.Promoted => [$"fastcanary undo {service}: takes the promotion back"],
        RolloutPhase.Aborting => [$"fastcanary abort {service}: takes the rest from the canary at once"],
        RolloutPhase.Aborted =>
        [
            "mend the canary; until then it gets nothing by the split",
            $"fastcanary retry {service}: begins the rollout anew",
        ],
        _ => [],
    };
}
