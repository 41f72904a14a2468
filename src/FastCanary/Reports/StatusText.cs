using System.Globalization;

namespace FastCanary.Reports;

/// <summary>A status report for people: per service the split, its versions, the rollout with its evidence, and the last decisions.</summary>
internal static class StatusText
{
    private const string Indent = "  ";

    // Where labelled rows go on: behind the longest label.
    private const int TextColumn = 12;
    private const int WidestBar = 62;
    private const int NarrowestBar = 12;

    // Behind a bar there has to be room for what it means.
    private const int BesideBar = 44;

    /// <param name="now">For how long things have lasted.</param>
    /// <param name="columns">The terminal's; <see cref="int.MaxValue"/> where there is none. Lines may be longer: whoever prints them cuts.</param>
    public static List<TextLine> Lines(StatusReport report, DateTimeOffset now, int columns)
    {
        var lines = new List<TextLine>();
        if (report.Version is not null) AddProgram(lines, report);
        foreach (var service in report.Services)
        {
            if (lines.Count > 0) lines.Add(new TextLine());
            AddService(lines, service, now, columns);
        }

        if (report.Services.Count == 0) lines.Add(TextLine.Of("no service is configured"));
        return lines;
    }

    /// <summary>Where a rollout stands: phase and step.</summary>
    public static string PhaseAndStep(RolloutReport rollout)
    {
        if (rollout.Step <= 0) return rollout.Phase;
        var step = string.Create(CultureInfo.InvariantCulture, $"{rollout.Phase}, step {rollout.Step} of {rollout.Steps}");
        return rollout.Current is { } current ? $"{step} ({current})" : step;
    }

    private static void AddProgram(List<TextLine> lines, StatusReport report)
    {
        var line = TextLine.Of($"FastCanary {report.Version}", Ink.Strong);
        if (report.Transport is { } transport) line.Add($", {transport}");
        if (report.Loops is { } loops) line.Add(loops == 1 ? ", 1 loop" : $", {Figures.Count(loops)} loops");
        if (report.UptimeSeconds is { } uptime) line.Add($", up {Figures.Duration(uptime)}");
        if (report.ConfigurationFile is { } file) line.Add($", {file}");
        lines.Add(line);
        if (report.ReloadsFailed > 0) lines.Add(TextLine.Of($"{Indent}{Figures.Count(report.ReloadsFailed)} reloads failed since the start; see the log", Ink.Warning));
    }

    private static void AddService(List<TextLine> lines, ServiceReport service, DateTimeOffset now, int columns)
    {
        lines.Add(TextLine.Of(service.Name, Ink.Strong));
        if (service.Versions.Count > 1) AddSplit(lines, service, columns);
        AddVersions(lines, service);
        if (service.Rollout is { } rollout) AddRollout(lines, rollout, now, columns);
        AddDecisions(lines, service.Decisions, now);
    }

    private static void AddSplit(List<TextLine> lines, ServiceReport service, int columns)
    {
        const string Others = "#+~%*";
        var width = columns == int.MaxValue ? WidestBar : Math.Clamp(columns - TextColumn - 1, NarrowestBar, WidestBar);
        var baseline = service.Rollout?.Baseline ?? service.Baseline;
        var styles = new List<(char Mark, Ink Ink)>();
        var others = 0;
        foreach (var version in service.Versions)
        {
            styles.Add(string.Equals(version.Name, baseline, StringComparison.Ordinal) ? ('=', Ink.Plain) : (Others[others++ % Others.Length], Ink.Warning));
        }

        var legend = Row("");
        for (var i = 0; i < service.Versions.Count; i++)
        {
            if (i > 0) legend.Add("   ");
            legend.Add($"{styles[i].Mark} {service.Versions[i].Name}", styles[i].Ink);
        }

        lines.Add(legend);
        lines.Add(Row("split").Add(Bar.OfShares([.. service.Versions.Select((version, i) => (version.Intended ?? 0, styles[i].Mark, styles[i].Ink))], width)));
        lines.Add(Row("live").Add(Bar.OfShares([.. service.Versions.Select((version, i) => (version.Share ?? 0, styles[i].Mark, styles[i].Ink))], width)));
        lines.Add(new TextLine());
    }

    private static void AddVersions(List<TextLine> lines, ServiceReport service)
    {
        var table = new TextTable("lrrrrrrrrr");
        table.AddHeader("version", "weight", "intended", "live", "requests/s", "errors", "p50", "p90", "p99", "up");
        foreach (var version in service.Versions)
        {
            var healthy = version.HealthyEndpoints >= version.Endpoints.Count;
            table.Add(
                (version.Name, Ink.Strong),
                (version.Weight.ToString(CultureInfo.InvariantCulture), Ink.Plain),
                (Figures.Share(version.Intended), Ink.Plain),
                (Figures.Share(version.Share), Ink.Plain),
                (Figures.Rate(version.RequestsPerSecond), Ink.Plain),
                (Figures.Share(version.ErrorRate), version.ErrorRate > 0 ? Ink.Warning : Ink.Plain),
                (Figures.Latency(version.P50), Ink.Plain),
                (Figures.Latency(version.P90), Ink.Plain),
                (Figures.Latency(version.P99), Ink.Plain),
                (string.Create(CultureInfo.InvariantCulture, $"{version.HealthyEndpoints}/{version.Endpoints.Count}"), healthy ? Ink.Good : Ink.Bad));
        }

        foreach (var line in table.Lines()) lines.Add(TextLine.Of(Indent).Add(line));
        foreach (var version in service.Versions)
        {
            foreach (var endpoint in version.Endpoints)
            {
                if (endpoint is { IsUp: true, IsEjected: false }) continue;
                lines.Add(Row("down").Add($"{version.Name} {endpoint.Address}: {(endpoint.IsUp ? "ejected" : "its health check fails")}", Ink.Bad));
            }
        }
    }

    private static void AddRollout(List<TextLine> lines, RolloutReport rollout, DateTimeOffset now, int columns)
    {
        lines.Add(new TextLine());
        var line = Row("rollout").Add(PhaseAndStep(rollout), RolloutPhase.InkOf(rollout.Phase));
        if (rollout.Since is { } since) line.Add($"; since {Figures.Moment(since, now)} ({Figures.Duration((now - since).TotalSeconds)})");
        lines.Add(line);
        if (!string.IsNullOrEmpty(rollout.Reason)) AddWrapped(lines, "", rollout.Reason, Ink.Plain, columns);

        var width = BarWidth(columns);
        AddEvidence(lines, rollout, width);
        if (rollout.Advance is { } advance) AddAdvance(lines, rollout, advance, now, width, columns);
        if (rollout.UsersHurt is > 0) lines.Add(Row("hurt").Add(rollout.UsersHurt == 1 ? "1 request" : $"{Figures.Count(rollout.UsersHurt.Value)} requests", Ink.Warning));
        foreach (var problem in rollout.Problems) AddWrapped(lines, "problem", problem, Ink.Bad, columns);
    }

    private static void AddEvidence(List<TextLine> lines, RolloutReport rollout, int width)
    {
        var label = "abort";
        var nameWidth = NameWidth(rollout);
        foreach (var guard in rollout.Evidence)
        {
            var line = Row(label).Add(guard.Guard.PadRight(nameWidth)).Add(" ");
            if (guard.Log10 is { } value && guard.AbortAt is { } limit)
            {
                var fraction = limit > 0 ? value / limit : 0;
                line.Add(Bar.Of(fraction, width), fraction >= 1 ? Ink.Bad : fraction >= 0.5 ? Ink.Warning : Ink.Plain)
                    .Add($"  {Figures.Log10(value)} of {Figures.Log10(limit)}");
            }

            var meaning = Counts(rollout, guard) ?? guard.Text;
            if (!string.IsNullOrEmpty(meaning)) line.Add(guard.Log10 is null ? meaning : $"  {meaning}");
            lines.Add(line);
            label = "";
        }
    }

    private static void AddAdvance(List<TextLine> lines, RolloutReport rollout, AdvanceReport advance, DateTimeOffset now, int width, int columns)
    {
        var label = "advance";
        var nameWidth = NameWidth(rollout);
        if (advance.Log10 is { } value && advance.AdvanceAt is { } limit) Add("evidence", limit > 0 ? value / limit : 1, $"{Figures.Log10(value)} of {Figures.Log10(limit)}");
        if (advance.MissingRequests is { } missing and > 0)
        {
            var have = rollout.Evidence.Max(static guard => guard.CanaryRequests) ?? 0;
            var expected = advance.EtaSeconds is { } eta ? $", expected in {Figures.Duration(eta)}" : "";
            Add("requests", (double)have / (have + missing), $"{Figures.Count(missing)} missing{expected}");
        }

        if (rollout is { Phase: RolloutPhase.Progressing, StepSince: { } since, Current.HoldSeconds: { } hold and > 0 })
        {
            var held = Math.Clamp((now - since).TotalSeconds, 0, hold);
            Add("hold", held / hold, $"{Figures.Duration(held)} of {Figures.Duration(hold)}");
        }

        if (advance.Ready) lines.Add(Row(label).Add("ready", Ink.Good));
        else if (advance.WaitsFor.Count > 0) AddWrapped(lines, label, $"waits for {string.Join("; ", advance.WaitsFor)}", Ink.Plain, columns);

        void Add(string name, double fraction, string meaning)
        {
            lines.Add(Row(label).Add(name.PadRight(nameWidth)).Add(" ").Add(Bar.Of(fraction, width), fraction >= 1 ? Ink.Good : Ink.Plain).Add($"  {meaning}"));
            label = "";
        }
    }

    private static void AddDecisions(List<TextLine> lines, IReadOnlyList<DecisionReport> decisions, DateTimeOffset now)
    {
        if (decisions.Count == 0) return;
        lines.Add(new TextLine());
        var table = new TextTable("lrlll");
        foreach (var decision in decisions)
        {
            table.Add(
                (Figures.Moment(decision.At, now), Ink.Plain),
                (string.Create(CultureInfo.InvariantCulture, $"#{decision.Id}"), Ink.Plain),
                (decision.Kind, DecisionWords.InkOf(decision.Kind)),
                (DecisionWords.Change(decision), Ink.Plain),
                ($"{decision.Actor}: {decision.Reason}", Ink.Faint));
        }

        var label = "last";
        foreach (var line in table.Lines())
        {
            lines.Add(Row(label).Add(line));
            label = "";
        }
    }

    private static string? Counts(RolloutReport rollout, GuardEvidence guard)
    {
        if (guard.CanaryRequests is not { } canaryRequests || guard.BaselineRequests is not { } baselineRequests) return null;
        return $"{rollout.Canary ?? "canary"} {Figures.Count(guard.CanaryEvents ?? 0)} of {Figures.Count(canaryRequests)}, "
            + $"{rollout.Baseline ?? "baseline"} {Figures.Count(guard.BaselineEvents ?? 0)} of {Figures.Count(baselineRequests)}";
    }

    private static int NameWidth(RolloutReport rollout) => Math.Max("evidence".Length, rollout.Evidence.Select(static guard => guard.Guard.Length).DefaultIfEmpty().Max());

    private static int BarWidth(int columns) => columns == int.MaxValue ? NarrowestBar + 20 : Math.Clamp(columns - TextColumn - BesideBar, NarrowestBar, NarrowestBar + 20);

    private static TextLine Row(string label) => TextLine.Of($"{Indent}{label}", Ink.Faint).PadTo(TextColumn);

    private static void AddWrapped(List<TextLine> lines, string label, string text, Ink ink, int columns)
    {
        foreach (var part in TextWrap.Lines(text, columns - TextColumn))
        {
            lines.Add(Row(label).Add(part, ink));
            label = "";
        }
    }
}
