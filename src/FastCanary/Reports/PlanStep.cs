using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>A step of the plan: a share for the canary and how long it is held, or a pause.</summary>
/// <param name="Weight">The canary's share, 0 to 1; null: a pause.</param>
/// <param name="HoldSeconds">At least so long; null: not held.</param>
/// <param name="PauseSeconds">A pause that ends by itself; null: it waits for a promote.</param>
internal readonly record struct PlanStep(double? Weight, double? HoldSeconds, double? PauseSeconds)
{
    public static PlanStep Read(JsonElement json) =>
        new(json.Number("weight"), json.Number("holdSeconds"), json.Number("weight") is null ? json.Number("holdSeconds") : null);

    public override string ToString()
    {
        if (Weight is not { } weight) return PauseSeconds is { } pause ? $"pause for {Figures.Duration(pause)}" : "pause until promote";
        return HoldSeconds is > 0 ? $"{Figures.ShortShare(weight)} for {Figures.Duration(HoldSeconds.Value)} at least" : Figures.ShortShare(weight);
    }
}
