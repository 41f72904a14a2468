using System.Globalization;

namespace FastCanary.Reports;

/// <summary>Tells a decision in plain words, with the figures that it rests on.</summary>
internal static class ExplainText
{
    // What came after is told as far as it helps; the journal has the rest.
    private const int LaterMax = 5;

    /// <param name="decision">The one to explain.</param>
    /// <param name="later">What was decided after it, oldest first.</param>
    /// <param name="service">The service as it is now.</param>
    public static List<string> Lines(DecisionReport decision, IReadOnlyList<DecisionReport> later, ServiceReport service)
    {
        var rollout = service.Rollout;
        var canary = rollout?.Canary ?? "the canary";
        var baseline = rollout?.Baseline ?? service.Baseline ?? "the baseline";
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"Decision {decision.Id} on {service.Name}: {decision.Kind}, {Figures.Moment(decision.At)}, by {decision.Actor ?? "unknown"}"),
            "",
        };
        if (DecisionWords.Meaning(decision.Kind) is { } meaning) lines.Add($"What     {meaning}.");
        AddSplit(lines, decision);
        if (decision.Phase is { } phase)
            lines.Add(decision.Step is { } step and > 0 ? string.Create(CultureInfo.InvariantCulture, $"Phase    {phase}, step {step}{(rollout is { Steps: > 0 } ? $" of {rollout.Steps}" : "")}") : $"Phase    {phase}");
        lines.Add($"Why      {(string.IsNullOrEmpty(decision.Reason) ? "no reason is recorded" : decision.Reason)}");
        AddEvidence(lines, decision, canary, baseline);
        AddLater(lines, decision, later);
        AddNow(lines, service);
        return lines;
    }

    private static void AddSplit(List<string> lines, DecisionReport decision)
    {
        var label = "Split    ";
        var from = decision.From.ToDictionary(static weight => weight.Key, static weight => weight.Value, StringComparer.Ordinal);
        var to = decision.To.ToDictionary(static weight => weight.Key, static weight => weight.Value, StringComparer.Ordinal);
        var fromTotal = from.Values.Sum();
        var toTotal = to.Values.Sum();
        var names = decision.To.Concat(decision.From).Select(static weight => weight.Key).Distinct(StringComparer.Ordinal).ToArray();
        var widest = names.Select(static name => name.Length).DefaultIfEmpty().Max();
        foreach (var name in names)
        {
            var before = ShareOf(from, name, fromTotal);
            var after = ShareOf(to, name, toTotal);
            var unchanged = string.Equals(before, after, StringComparison.Ordinal);
            lines.Add($"{label}{name.PadRight(widest)}  {(before is null || unchanged ? after ?? before : $"{before} -> {after ?? "none"}")}{(unchanged ? ", unchanged" : "")}");
            label = "         ";
        }
    }

    private static string? ShareOf(Dictionary<string, long> weights, string name, long total) =>
        weights.TryGetValue(name, out var weight) && total > 0 ? Figures.ShortShare((double)weight / total) : null;

    private static void AddEvidence(List<string> lines, DecisionReport decision, string canary, string baseline)
    {
        if (decision.Evidence.Count == 0) return;
        lines.Add("");
        lines.Add("Evidence at that moment, since it began to be counted:");
        foreach (var guard in decision.Evidence)
        {
            lines.Add($"  {guard.Guard}");
            if (guard is { CanaryRequests: { } canaryRequests, BaselineRequests: { } baselineRequests })
            {
                var what = Events(guard.Guard);
                lines.Add($"    {canary}: {CountOf(guard.CanaryEvents ?? 0, canaryRequests)} {what}; {baseline}: {CountOf(guard.BaselineEvents ?? 0, baselineRequests)}.");
            }

            if (guard is { Log10: { } value, AbortAt: { } limit })
            {
                lines.Add($"    E = {EValue(value)}, against an abort from E = {EValue(limit)} on.");
                lines.Add($"    {InWords(value)}");
                lines.Add(guard.Aborts ? "    That is enough to abort." : "    That is not enough to abort.");
            }

            if (!string.IsNullOrEmpty(guard.Text)) lines.Add($"    {guard.Text}");
        }
    }

    /// <summary>What an E-value means. By Ville's inequality it reaches N in at most one of N releases that are no worse, however often one looks.</summary>
    private static string InWords(double log10) => Math.Floor(Math.Pow(10, Math.Min(log10, 300)) + 1e-9) >= 2
        ? $"Under the assumption that the canary is no worse, counts like these come up in at most 1 of {Figures.PowerOfTen(log10)} releases."
        : "Counts like these are nothing unusual for a canary that is no worse.";

    private static string EValue(double log10) => log10 switch
    {
        < -2 => $"10^{Figures.Log10(log10)}",
        < 1 => Math.Pow(10, log10).ToString("0.00", CultureInfo.InvariantCulture),
        _ => Figures.PowerOfTen(log10),
    };

    private static string CountOf(long events, long requests) =>
        requests > 0 ? $"{Figures.Count(events)} of {Figures.Count(requests)} ({Figures.Share((double)events / requests)})" : $"{Figures.Count(events)} of {Figures.Count(requests)}";

    private static string Events(string guard) => guard.Split(' ', '.', ':')[0] switch
    {
        "errors" => "requests failed",
        "latency" => "responses were slow",
        "business" => "responses reported a business error",
        _ => "were counted",
    };

    private static void AddLater(List<string> lines, DecisionReport decision, IReadOnlyList<DecisionReport> later)
    {
        lines.Add("");
        if (later.Count == 0)
        {
            lines.Add("Next     nothing was decided after it.");
            return;
        }

        var label = "Next     ";
        foreach (var next in later.Take(LaterMax))
        {
            var after = next.At is { } at && decision.At is { } began ? $", {Figures.Duration((at - began).TotalSeconds)} later" : "";
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{label}{next.Id} {next.Kind}{after}, by {next.Actor ?? "unknown"}: {next.Reason}"));
            label = "         ";
        }

        if (later.Count > LaterMax) lines.Add($"         and {Figures.Count(later.Count - LaterMax)} more");
    }

    private static void AddNow(List<string> lines, ServiceReport service)
    {
        var weights = Figures.Split(service.Versions.Select(static version => new KeyValuePair<string, long>(version.Name, version.Weight)));
        lines.Add(service.Rollout is { } rollout ? $"Now      {StatusText.PhaseAndStep(rollout)}; {weights}" : $"Now      {weights}; no rollout is configured");
        var label = "You can  ";
        foreach (var remedy in service.Rollout is null ? [] : DecisionWords.Remedies(service.Rollout, service.Name))
        {
            lines.Add($"{label}{remedy}");
            label = "         ";
        }
    }
}
