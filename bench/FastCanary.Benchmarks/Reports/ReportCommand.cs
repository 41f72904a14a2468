using System.ComponentModel;
using System.Globalization;

namespace FastCanary.Benchmarks.Reports;

/// <summary><c>report</c>: measures in rounds and sets the result beside the last one that was committed.</summary>
internal static class ReportCommand
{
    /// <returns>0; 1 where a benchmark or a round failed, or the committed figures cannot be read; 2 where the arguments or the folder are wrong.</returns>
    internal static int Run(ReadOnlySpan<string> args)
    {
        if (!ReportOptions.TryParse(args, out ReportOptions? options, out string error)) return Fail(2, error + "\n" + ReportOptions.Usage);
        HashSet<string> known = Keys(options.Round with { Filter = null });
        if (Keys(options.Round).Count == 0)
        {
            string example = known.First().Split('.')[0];
            return Fail(2, $"--filter '{options.Filter}' matches no benchmark's full name: try '*{example}*'; --list flat, instead of report, lists all of them");
        }

        Repository repository;
        string commit;
        try
        {
            repository = Repository.Find(Environment.CurrentDirectory);
            commit = repository.Commit;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return Fail(2, e.Message);
        }

        try
        {
            // Before the measurement: what is wrong with it should not be told minutes later.
            ResultSet? before = repository.CommittedFigures() is { } text ? ResultFile.Read(text, Repository.FiguresSource) : null;
            RoundResult[] rounds = Measure(options);
            if (Failed(rounds) is { Length: > 0 } failed)
                return Fail(1, $"nothing is reported, since these failed: {string.Join(", ", failed)}. --filter '*{failed[0].Split('(')[0]}', instead of report, shows why");
            var now = new ResultSet(Surroundings.Describe(commit, options, rounds), Pool(rounds));
            Publish(options, repository, new Comparison(now, before, known));
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            return Fail(1, e.Message);
        }
    }

    private static int Fail(int exitCode, string why)
    {
        Console.Error.WriteLine(why);
        return exitCode;
    }

    private static HashSet<string> Keys(RoundSettings settings) =>
        [.. BenchmarkSet.Of(Round.Config(settings)).SelectMany(static info => info.BenchmarksCases).Select(BenchmarkSet.KeyOf)];

    private static RoundResult[] Measure(ReportOptions options)
    {
        var rounds = new RoundResult[options.Rounds];
        for (int i = 0; i < rounds.Length; i++)
        {
            long began = TimeProvider.System.GetTimestamp();
            rounds[i] = RoundProcess.Run(options.Round);
            double seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {i + 1} of {rounds.Length}: {seconds:0} s; cores used by others: {rounds[i].OthersCoresText}"));
        }

        return rounds;
    }

    /// <summary>Those with too few figures for an interval.</summary>
    private static string[] Failed(RoundResult[] rounds) =>
        [.. rounds.SelectMany(static round => round.Measurements).Where(static one => one.Nanoseconds.Length < 2).Select(static one => one.Key).Distinct(StringComparer.Ordinal)];

    private static BenchmarkFigures[] Pool(RoundResult[] rounds) =>
        [.. rounds.SelectMany(static round => round.Measurements).GroupBy(static one => one.Key, StringComparer.Ordinal).Select(static group => BenchmarkFigures.Pool([.. group]))];

    private static void Publish(ReportOptions options, Repository repository, Comparison comparison)
    {
        Dictionary<string, Budget> budgets = Budgets.Read();
        string page = new ReportPage(comparison, budgets, options).ToString();
        if (!options.Write)
        {
            Console.Write(page);
            return;
        }

        foreach (string path in repository.Write(page, ResultFile.Write(comparison.Now), ReportPlot.Of(comparison, budgets))) Console.WriteLine("wrote " + path);
    }
}
