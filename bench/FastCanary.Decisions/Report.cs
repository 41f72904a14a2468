using System.Globalization;
using System.Text;

namespace FastCanary.Decisions;

/// <summary>Writes the tables.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Line(string line = "") => _text.Append(line).Append('\n');

    public void Table(CellGroup group, Outcome[][] outcomes)
    {
        Line($"### {group.Title}");
        Line();
        Line(group.Text);
        Line();
        string[] circumstances = group.Cells[0].IsLatency
            ? ["traffic", "tolerance", "share"]
            : group.Shape is TableShape.GoodPlan or TableShape.BadPlan ? ["traffic", "requests/s", "base error", "times worse"]
            : group.Shape == TableShape.Detection ? ["traffic", "base error", "share", "times worse"] : ["base error", "share"];
        string[] judged = group.Shape switch
        {
            TableShape.BadPlan => ["aborted", "median", "failed on the canary", "promoted for good"],
            TableShape.GoodPlan => ["promoted for good", "median", .. outcomes[0].Select(outcome => $"{outcome.Decider} aborts")],
            _ => [.. outcomes[0].Select(outcome => outcome.Decider)],
        };
        Row([.. circumstances, .. judged]);
        Row([.. circumstances.Select(_ => "---"), .. judged.Select(_ => "---:")]);
        for (int i = 0; i < group.Cells.Length; i++)
            Row([.. Circumstances(group, group.Cells[i]), .. Judged(group.Shape, group.Cells[i], outcomes[i], judged.Length)]);
        Line();
    }

    public static string Percent(double fraction)
    {
        double percent = fraction * 100;
        string format = percent is 0 or 100 ? "0" : percent is < 0.095 or > 99.905 ? "0.000" : percent is < 9.95 or > 90.05 ? "0.00" : "0.0";
        return percent.ToString(format, CultureInfo.InvariantCulture) + " %";
    }

    public static string WithInterval(Outcome outcome) =>
        $"{Percent(outcome.AbortRate)} ({Percent(outcome.AbortInterval.Low)[..^2]} to {Percent(outcome.AbortInterval.High)[..^2]})";

    private static IEnumerable<string> Circumstances(CellGroup group, Cell cell)
    {
        if (group.Shape != TableShape.FalseAborts || cell.IsLatency)
            yield return TrafficText(cell.Traffic);
        if (cell.IsPlan)
        {
            yield return Number(cell.RequestsPerSecond);
            yield return Percent(cell.ErrorRate);
            yield return Number(cell.Ratio);
            yield break;
        }

        yield return cell.IsLatency ? Percent(cell.MaxIncreaseBasisPoints / 10_000.0) : Percent(cell.ErrorRate);
        yield return Percent(cell.ShareBasisPoints / 10_000.0);
        if (group.Shape == TableShape.Detection && !cell.IsLatency)
            yield return Number(cell.Ratio);
    }

    private static IEnumerable<string> Judged(TableShape shape, Cell cell, Outcome[] outcomes, int columns)
    {
        Outcome own = outcomes[0];
        switch (shape)
        {
            case TableShape.BadPlan:
                return [$"**{WithInterval(own)}**", Minutes(own.MedianSeconds), Number(own.HurtMean), Percent(own.Completed / (double)own.Runs)];
            case TableShape.GoodPlan:
                return [Percent(own.Completed / (double)own.Runs), Minutes(own.CompletedMedianSeconds), .. outcomes.Select(Rate)];
            case TableShape.Detection:
                return Padded(outcomes.Select(outcome => $"{Rate(outcome)}, {Minutes(outcome.MedianSeconds)}{(cell.IsLatency ? "" : $", {Number(outcome.HurtMean)}")}"), columns);
            default:
                return Padded(outcomes.Select(Rate), columns);
        }

        string Rate(Outcome outcome) => outcome == own ? $"**{WithInterval(outcome)}**" : Percent(outcome.AbortRate);
    }

    // Not every traffic has all deciders.
    private static IEnumerable<string> Padded(IEnumerable<string> columns, int count) => columns.Concat(Enumerable.Repeat("", count)).Take(count);

    private static string TrafficText(TrafficKind traffic) => traffic switch
    {
        TrafficKind.Constant => "constant",
        TrafficKind.Diurnal => "diurnal",
        TrafficKind.Outages => "outages",
        TrafficKind.Users => "users, a broken one",
        TrafficKind.Latency => "constant",
        _ => "slow spells",
    };

    private static string Minutes(double? seconds) => seconds is { } known ? Number(known / 60) + " min" : "-";

    private static string Number(double number) => number.ToString(number < 10 ? "0.##" : number < 100 ? "0.#" : "0", CultureInfo.InvariantCulture);

    private void Row(IEnumerable<string> cells) => Line($"| {string.Join(" | ", cells)} |");
}
