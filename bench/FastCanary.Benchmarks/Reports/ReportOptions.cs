using System.Diagnostics.CodeAnalysis;

namespace FastCanary.Benchmarks.Reports;

/// <summary>The arguments behind <c>report</c>.</summary>
/// <param name="Write">Whether to write the page, the figures and the plot into <c>docs</c> instead of printing the page.</param>
/// <param name="IsQuick">One short round: shows that everything runs.</param>
/// <param name="Filter">BenchmarkDotNet's glob over full names, as with its own <c>--filter</c>; null for all.</param>
internal sealed record ReportOptions(bool Write, bool IsQuick, string? Filter)
{
    internal const string Usage =
        """
        usage: report [--write] [--quick] [--filter GLOB]
          --write        writes docs/reports/benchmarks.md, docs/reports/benchmarks.csv and docs/plots/benchmarks.svg instead of printing the page
          --quick        one round, in less than a minute: shows that everything runs, its figures are no measurement
          --filter GLOB  only these, as BenchmarkDotNet's --filter: '*RuleTable*'
        """;

    /// <summary>More rounds beat longer ones: what slows a benchmark down (another process, a virtual machine's neighbour) mostly lasts for the whole of its part of a round.</summary>
    internal int Rounds => IsQuick ? 1 : 9;

    internal RoundSettings Round => new(IterationMs: 30, Warmups: 5, Iterations: 5, Filter);

    /// <returns>False where the arguments are wrong; <paramref name="error"/> says which and what to do.</returns>
    internal static bool TryParse(ReadOnlySpan<string> args, [NotNullWhen(true)] out ReportOptions? options, out string error)
    {
        bool write = false, isQuick = false;
        string? filter = null;
        options = null;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--write") write = true;
            else if (args[i] == "--quick") isQuick = true;
            else if (args[i] == "--filter" && i + 1 < args.Length && args[i + 1] is { Length: > 0 } glob and not ['-', '-', ..]) (filter, i) = (glob, i + 1);
            else
            {
                error = args[i] == "--filter" ? "--filter needs a GLOB: --filter '*RuleTable*'" : $"'{args[i]}' is no option of report";
                return false;
            }
        }

        error = !write ? ""
            : isQuick ? "--write does not go with --quick, whose figures are no measurement: drop one of them"
            : filter is not null ? "--write does not go with --filter, which leaves benchmarks out of the page: drop one of them"
            : "";
        if (error.Length > 0) return false;
        options = new ReportOptions(write, isQuick, filter);
        return true;
    }
}
