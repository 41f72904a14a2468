using System.Globalization;

namespace FastCanary.Release;

/// <summary>Figures as people write them.</summary>
internal static class Words
{
    /// <summary>A time in its two largest units: <c>2 h 5 min</c>.</summary>
    public static string Of(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalMilliseconds):0} ms");
        return time switch
        {
            { TotalDays: >= 2 } => Join((long)time.TotalDays, "d", time.Hours, "h"),
            { TotalHours: >= 1 } => Join((long)time.TotalHours, "h", time.Minutes, "min"),
            { TotalMinutes: >= 1 } => Join(time.Minutes, "min", time.Seconds, "s"),
            _ => Join(time.Seconds, "s", 0, ""),
        };

        static string Join(long large, string largeUnit, int small, string smallUnit) => small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
    }

    /// <summary>Three significant digits.</summary>
    public static string Of(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary><c>3 of 120</c>.</summary>
    public static string Of(long events, long requests) => string.Create(CultureInfo.InvariantCulture, $"{events} of {requests}");

    /// <summary>A fraction as a percentage.</summary>
    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{fraction * 100:0.##} %");

    /// <summary>A time of the day.</summary>
    public static string Of(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
