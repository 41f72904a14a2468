using System.Globalization;

namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>An axis: where on it a value lies, and which values are written beside it.</summary>
internal sealed class PlotAxis
{
    private const int TicksMax = 6;

    private static readonly double[] TimeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

    private readonly Func<double, double> _scale;
    private readonly double _low;
    private readonly double _high;

    private PlotAxis(string title, Func<double, double> scale, double low, double high, IReadOnlyList<(double Value, string Label)> ticks) =>
        (Title, _scale, _low, _high, Ticks) = (title, scale, scale(low), scale(high), ticks);

    public string Title { get; }

    /// <summary>In rising order.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks { get; }

    /// <summary>From 0 to at least the highest value.</summary>
    public static PlotAxis Linear(string title, double highest)
    {
        double top = highest > 0 ? highest : 1;
        double step = NiceStep(top / (TicksMax - 1));
        int count = (int)Math.Ceiling((top / step) - 1e-9);
        return new PlotAxis(title, value => value, 0, count * step, [.. Enumerable.Range(0, count + 1).Select(i => (i * step, Number(i * step)))]);
    }

    /// <summary>From 0 to 100 %.</summary>
    public static PlotAxis Share(string title) => new(title, value => value, 0, 1, [.. Enumerable.Range(0, 5).Select(i => (i * 0.25, $"{i * 25} %"))]);

    /// <summary>Logarithmic, of durations in microseconds.</summary>
    /// <param name="title">Of the axis.</param>
    /// <param name="lowest">The lowest value; what is below 1 µs lies at 1 µs.</param>
    /// <param name="highest">The highest one.</param>
    public static PlotAxis Duration(string title, double lowest, double highest)
    {
        // Steps of 1, 2 and 5 around what there is; only powers of ten are written where that is many.
        (int low, int high) = (StepBelow(Math.Max(1, lowest)), StepAbove(Math.Max(1, highest)));
        if (high - low < 2) high = low + 2;
        int every = high - low <= TicksMax ? 1 : 3;
        List<(double, string)> ticks = [.. Enumerable.Range(low, high - low + 1).Where(step => step % every == 0).Select(step => (Step(step), Micros(Step(step))))];
        return new PlotAxis(title, value => Math.Log10(Math.Max(1, value)), Step(low), Step(high), ticks);
    }

    /// <summary>Time in seconds.</summary>
    public static PlotAxis Time(string title, double from, double to)
    {
        double span = Math.Max(1, to - from);
        double step = Array.Find(TimeSteps, step => span / step <= TicksMax);
        if (step == 0) step = NiceStep(span / 86400 / TicksMax) * 86400;
        (double size, string unit) = step % 3600 == 0 ? (3600, "h") : step % 60 == 0 ? (60, "min") : (1, "s");
        List<(double, string)> ticks = [];
        for (double at = Math.Ceiling(from / step) * step; at <= from + span + 1e-9; at += step) ticks.Add((at, $"{Number(at / size)} {unit}"));
        return new PlotAxis(title, value => value, from, from + span, ticks);
    }

    /// <summary>Shares of all requests, 0 to below 1, by the logarithm of 1/(1-p): each further nine takes the same room.</summary>
    /// <param name="title">Of the axis.</param>
    /// <param name="nines">How many: 4 ends at 99.99 %.</param>
    public static PlotAxis Percentile(string title, int nines)
    {
        List<(double, string)> ticks = [(0, "0"), (0.5, "50")];
        for (int i = 1; i <= nines; i++) ticks.Add((1 - Math.Pow(10, -i), (100 - Math.Pow(10, 2 - i)).ToString("0.#####", CultureInfo.InvariantCulture)));
        return new PlotAxis(title, Nines, 0, ticks[^1].Item1, ticks);
    }

    /// <summary>Where a value lies: 0 at the axis's begin, 1 at its end.</summary>
    public double At(double value) => Math.Clamp((_scale(value) - _low) / (_high - _low), 0, 1);

    /// <summary>Microseconds in the unit that fits.</summary>
    public static string Micros(double micros) => micros switch
    {
        < 1000 => Number(micros) + " µs",
        < 1e6 => Number(micros / 1000) + " ms",
        _ => Number(micros / 1e6) + " s",
    };

    private static double Nines(double share) => -Math.Log10(1 - share);

    // 1, 2, 5, 10, 20 and so on, by number.
    private static double Step(int number) => Math.Round((number % 3) switch { 0 => 1, 1 => 2, _ => 5 } * Math.Pow(10, number / 3));

    private static int StepBelow(double value)
    {
        int number = 0;
        while (Step(number + 1) <= value) number++;
        return number;
    }

    private static int StepAbove(double value)
    {
        int number = 0;
        while (Step(number) < value) number++;
        return number;
    }

    private static double NiceStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        foreach (double factor in (double[])[1, 2, 5])
            if (power * factor >= least * (1 - 1e-9)) return power * factor;
        return power * 10;
    }

    private static string Number(double value) => value.ToString("#,0.######", CultureInfo.InvariantCulture);
}
