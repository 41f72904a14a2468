using System.Globalization;

namespace FastCanary.Reports;

/// <summary>Figures as people read them. What is not known is a dash.</summary>
internal static class Figures
{
    private const string Unknown = "-";

    // Above this a count is told by its power of ten.
    private const double PowerOfTenFrom = 6;

    /// <param name="share">0 to 1.</param>
    public static string Share(double? share) => share is { } value ? $"{Text(100 * value, "0.00")} %" : Unknown;

    /// <summary>As <see cref="Share(double?)"/> without zeros at the end: 5 %, 0.25 %.</summary>
    public static string ShortShare(double share) => $"{Text(100 * share, "0.##")} %";

    public static string Rate(double? perSecond) => perSecond is { } value ? Text(value, value < 100 ? "0.0" : "#,0") : Unknown;

    public static string Latency(double? seconds) => seconds switch
    {
        null => Unknown,
        < 0.001 => $"{Text(seconds.Value * 1e3, "0.00")} ms",
        < 0.1 => $"{Text(seconds.Value * 1e3, "0.0")} ms",
        < 1 => $"{Text(seconds.Value * 1e3, "0")} ms",
        _ => $"{Text(seconds.Value, "0.00")} s",
    };

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Log10(double value) => Text(value, "0.00");

    /// <summary>Ten to this power as a whole number, or as a power where it is large. Small ones are rounded down: half a unit of them is much.</summary>
    public static string PowerOfTen(double log10)
    {
        if (log10 >= PowerOfTenFrom) return $"10^{Text(Math.Floor(log10), "0")}";
        var value = Math.Pow(10, log10);
        return Text(value < 100 ? Math.Floor(value + 1e-9) : Math.Round(value), "#,0");
    }

    /// <summary>A length of time in its two largest units.</summary>
    public static string Duration(double seconds)
    {
        // A clock that is ahead of the other's makes no negative time.
        var whole = (long)Math.Clamp(Math.Round(seconds), 0, 1e12);
        return whole switch
        {
            < 60 when seconds is > 0 and < 1 => $"{Text(seconds * 1e3, "0")}ms",
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{whole}s"),
            < 3600 => Two(whole / 60, "m", whole % 60, "s"),
            < 86400 => Two(whole / 3600, "h", whole % 3600 / 60, "m"),
            _ => Two(whole / 86400, "d", whole % 86400 / 3600, "h"),
        };
    }

    public static string Moment(DateTimeOffset? moment) =>
        moment is { } value ? value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>The time of day; with the date where that is not today's.</summary>
    public static string Moment(DateTimeOffset? moment, DateTimeOffset now) =>
        moment is { } value && value.UtcDateTime.Date == now.UtcDateTime.Date ? Clock(value) : Moment(moment);

    public static string Clock(DateTimeOffset moment) => moment.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Weights as the log has them: <c>stable=90 canary=10</c>.</summary>
    public static string Split(IEnumerable<KeyValuePair<string, long>> weights) =>
        string.Join(' ', weights.Select(static weight => string.Create(CultureInfo.InvariantCulture, $"{weight.Key}={weight.Value}")));

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}") : string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}{small:00}{smallUnit}");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
