using System.Globalization;
using System.Text;

namespace FastCanary.Benchmarks.Reports;

/// <summary>The page of the documentation.</summary>
internal sealed class ReportPage(Comparison comparison, IReadOnlyDictionary<string, Budget> budgets, ReportOptions options)
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        _text.Clear();
        Line("# Benchmarks");
        Line();
        Line(
            """
            What single steps of the data plane cost: heads parsed and written, rules, the choice of a version, ids. One command measures all of them in 4 to 5 minutes and makes this page:

                dotnet run -c Release --project bench/FastCanary.Benchmarks -- report --write

            | option | what |
            |---|---|
            | `--write` | writes this page, `docs/reports/benchmarks.csv` (the same figures for programs) and the plot; without it the page is printed |
            | `--quick` | one round, in less than a minute: shows that everything runs. Its figures are no measurement |
            | `--filter GLOB` | only these, as BenchmarkDotNet's `--filter`: `'*RuleTable*'` |

            """);
        if (options.IsQuick) Line("**A quick run: shows that everything runs. Its figures are no measurement.**\n");
        foreach ((string name, string value) in comparison.Now.Circumstances.Named) Line($"- {name}{(name == "date" ? " (UTC)" : "")}: {value}");
        Line();
        if (comparison.Now.Circumstances.IsBusy) Line("**Other processes used more than half of the cores in the median round: these are times of a busy machine.**\n");
        Summary();
        if (options.Write) Line("![Time of each benchmark, and its change since the last result](../plots/benchmarks.svg)\n");
        foreach (IGrouping<string, Change> group in comparison.Changes.GroupBy(static change => change.Now.Name.Split('.')[0], StringComparer.Ordinal)) Table(group);
        Line(
            $"""
            ## How to read it

            - **Rounds.** Each round runs every benchmark once, in a process of its own, so the rounds are interleaved: a slow phase of the machine and the places of code and data in one process' memory are
              one round's. A round's time is the median of its iterations; the columns have the fastest, the median and the slowest round. "Error" is half of the 99.9 % confidence interval of the mean of all iterations.
            - **Change** is that of the fastest round beside the last committed result (`git show {Repository.FiguresSource}`), whatever the working tree has: other load only ever makes a round slower. **Slower** or
              **faster** stands there only if the fastest rounds differ by more than {Percent(Change.LeastFraction, sign: false)} and the faster halves of both results' rounds, from the fastest to the median one, do not overlap. If
              others used more than half of the cores in the median round of either result, all of their rounds must not overlap. Results of fewer than {Change.LeastRounds} rounds show no change of time. Anything else is "≈".
            - **Allocation** is counted, not measured: each change of it is real. It is the least of the rounds: what another thread of the process allocates is counted too.
            - **Budget** is `bench/budgets.json`. Exceeding its bytes fails `gate`; a median above its time is in bold, and fails nothing.
            - Methods are optimised at their first call, without a profile (`DOTNET_TC_QuickJit=0`, `DOTNET_TieredPGO=0`): close to the released binary, which is compiled ahead of time. `gate` and BenchmarkDotNet's own
              options leave both at their defaults.
            """);
        return _text.ToString();
    }

    private void Summary()
    {
        Line("## What changed");
        Line();
        if (comparison.Before is not { } before)
        {
            Line($"There is no last result to compare with: `{Repository.FiguresSource}` does not exist. This one becomes it when it is committed.\n");
            return;
        }

        Line($"Beside the result of {before.Circumstances.Date}, measured at commit {before.Circumstances.Commit}:");
        Line();
        if (comparison.Differences.Count > 0)
        {
            IEnumerable<string> differences = comparison.Differences.Select(static one => $"{one.Name} was {one.Before}, is {one.Now}");
            Line($"**The circumstances differ, so changes of times say little about the program:** {string.Join("; ", differences)}.\n");
        }

        if (comparison.IsBusy)
        {
            Line(
                "**The machine was busy during "
                + $"{(comparison.Now.Circumstances.IsBusy ? before.Circumstances.IsBusy ? "both results" : "this result" : "the last result")}"
                + ": only what is slower or faster in all rounds is told as a change of time.**\n");
        }

        Named("slower", comparison.Of(TimeChange.Slower));
        Named("faster", comparison.Of(TimeChange.Faster));
        Named("other allocation", [.. comparison.Changes.Where(static change => change.IsAllocationChanged)]);
        Line($"- no change above the noise: {comparison.Of(TimeChange.WithinNoise).Count} of {comparison.Changes.Count}");
        Named("new", comparison.Of(TimeChange.New));
        if (comparison.Vanished.Count > 0) Line($"- vanished: {string.Join(", ", comparison.Vanished.Select(static key => $"`{key}`"))}");
        if (comparison.MedianFraction is { } median) Line($"- the median of all changes: {Percent(median)}. Where most benchmarks move alike, it is the machine");
        Line();
    }

    private void Named(string what, IReadOnlyList<Change> changes)
    {
        if (changes.Count > 0) Line($"- {what}: {string.Join(", ", changes.Select(static change => $"`{change.Now.Key}`"))}");
    }

    private void Table(IGrouping<string, Change> group)
    {
        Line($"### {group.Key}");
        Line();
        Line("| benchmark | fastest ns | median ns | slowest ns | error ns | budget ns | allocated bytes | budget | last fastest ns | change |");
        Line("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
        foreach (Change change in group)
        {
            BenchmarkFigures now = change.Now;
            Budget? budget = budgets.GetValueOrDefault(now.Name);
            string[] cells =
            [
                now.Key[(group.Key.Length + 1)..].Replace("|", "\\|", StringComparison.Ordinal),
                Time(now.FastestNs),
                Bold(Time(now.MedianNs), now.MedianNs > budget?.Nanoseconds),
                Time(now.SlowestNs),
                "±" + Time(now.ErrorNs),
                budget is null ? "none" : Time(budget.Nanoseconds),
                Bold(Bytes(now.AllocatedBytes), now.AllocatedBytes > budget?.AllocatedBytes),
                budget is null ? "none" : Bytes(budget.AllocatedBytes),
                change.Before is { } before ? Time(before.FastestNs) : "",
                Verdict(change),
            ];
            Line($"| {string.Join(" | ", cells)} |");
        }

        Line();
    }

    private string Verdict(Change change)
    {
        if (comparison.Before is null) return "";
        string percent = change.Fraction is { } fraction ? " " + Percent(fraction) : "";
        string time = change.Time switch
        {
            TimeChange.New => "new",
            TimeChange.Slower => $"**slower{percent}**",
            TimeChange.Faster => $"**faster{percent}**",
            _ => "≈" + percent,
        };
        if (!change.IsAllocationChanged) return time;
        return $"{time}; **allocates {Bytes(change.Now.AllocatedBytes)} bytes instead of {Bytes(change.Before!.AllocatedBytes)}**";
    }

    private static string Bold(string text, bool isBold) => isBold ? $"**{text}**" : text;

    private static string Bytes(long bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Time(double ns) => ns.ToString(ns < 10 ? "0.00" : ns < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static string Percent(double fraction, bool sign = true) => (fraction * 100).ToString(sign ? "+0.0;−0.0;0.0" : "0.#", CultureInfo.InvariantCulture) + " %";

    private void Line(string line = "") => _text.Append(line).Append('\n');
}
