using System.Diagnostics;

namespace FastCanary.Decisions;

/// <summary>What came out.</summary>
internal sealed class StudyResult
{
    private const double FalseAbortMax = 0.01;
    private const double DetectionMin = 0.99;

    public required int Runs { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>By table, by line, by decider.</summary>
    public required (CellGroup Group, Outcome[][] Outcomes)[] Tables { get; init; }

    /// <param name="runs">Of each line.</param>
    /// <param name="seed">Decides all of it.</param>
    /// <param name="only">Part of the headings of the tables that are wanted; null: all.</param>
    /// <param name="tell">Is told how long each table took.</param>
    public static StudyResult Run(int runs, ulong seed, string? only, Action<CellGroup, TimeSpan> tell)
    {
        var tables = new List<(CellGroup, Outcome[][])>();
        for (int table = 0; table < Study.Groups.Length; table++)
        {
            CellGroup group = Study.Groups[table];
            if (only is not null && !group.Title.Contains(only, StringComparison.OrdinalIgnoreCase))
                continue;
            var watch = Stopwatch.StartNew();
            // Each line draws streams of its own.
            ulong first = seed + (1_000_003UL * (ulong)(table + 1));
            tables.Add((group, [.. group.Cells.Select((cell, line) => CellRun.Run(cell, runs, first + (ulong)line))]));
            tell(group, watch.Elapsed);
        }

        return new StudyResult { Runs = runs, Seed = seed, Tables = [.. tables] };
    }

    public IEnumerable<StudyCheck> Checks
    {
        get
        {
            Outcome[][] noWorse = [.. Tables.Where(table => table.Group.Shape is TableShape.FalseAborts or TableShape.GoodPlan).SelectMany(table => table.Outcomes)];
            Outcome worst = noWorse.Select(outcomes => outcomes[0]).MaxBy(outcome => outcome.AbortRate)!;
            yield return new StudyCheck(
                $"a release that is no worse is aborted in at most 1 % of the runs, in each of the {noWorse.Length} lines",
                $"at most {Report.WithInterval(worst)}",
                Runs >= 10_000 ? worst.AbortRate <= FalseAbortMax : worst.AbortInterval.Low <= FalseAbortMax);
            Outcome[] others = [.. noWorse.SelectMany(outcomes => outcomes[1..])];
            yield return new StudyCheck(
                "the check can fail: others break it on the same streams",
                $"in {others.Count(outcome => outcome.AbortInterval.Low > FalseAbortMax)} of {others.Length} cells",
                others.Any(outcome => outcome.AbortInterval.Low > FalseAbortMax));
            Outcome found = Tables.SelectMany(table => table.Group.Cells.Zip(table.Outcomes)).First(line => line.First == Study.Aim).Second[0];
            yield return new StudyCheck(
                "at 10 requests/s, a base error of 0.5 % and a share of 10 %, one that is 3 times worse is found within 60 minutes in at least 99 % of the runs",
                Report.WithInterval(found),
                Runs >= 10_000 ? found.AbortRate >= DetectionMin : found.AbortInterval.High >= DetectionMin);
        }
    }
}
