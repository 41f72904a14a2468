using System.Globalization;
using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.schedule</c>.</summary>
internal static class ScheduleSection
{
    public static readonly Section<RolloutConfig> Keys = new("schedule", new SectionKey<RolloutConfig>("allow", ReadAllow, Required: true));

    private const string Expected =
        "days, a time of the day and a time zone, such as \"Mon-Fri 09:00-16:00 Europe/Berlin\", \"Sat,Sun 10:00-12:00 UTC\" or \"22:00-02:00 UTC\"";

    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private static void ReadAllow(ConfigReader reader, ConfigNode node, RolloutConfig config)
    {
        var windows = new List<ScheduleWindow>();
        foreach (ConfigNode item in reader.OneOrList(node, "window"))
        {
            if (ReadWindow(reader, item) is { } window)
                windows.Add(window);
        }
        config.Allow = windows;
    }

    private static ScheduleWindow? ReadWindow(ConfigReader reader, ConfigNode node)
    {
        (int Days, int From, int To, string Zone) window = (0, 0, 0, "");
        if (reader.Text(node, Expected, text => TryParse(text, out window)) is null)
            return null;
        if (window.From == window.To)
        {
            reader.Error(node.Position, "the window closes when it opens; a whole day is 00:00-24:00");
            return null;
        }
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.Zone, out _))
        {
            reader.Error(
                node.Position,
                $"the system knows no time zone {ScalarNode.Quote(window.Zone)}; expected UTC or a name of the IANA database, such as Europe/Berlin (systems have it from the package tzdata)");
            return null;
        }
        return new ScheduleWindow { Days = window.Days, FromMinute = window.From, ToMinute = window.To, Zone = window.Zone };
    }

    private static bool TryParse(string text, out (int Days, int From, int To, string Zone) window)
    {
        string[] words = text.Split(' ');
        window = (0b1111111, 0, 0, words[^1]);
        if (words.Length is not (2 or 3))
            return false;
        string[] times = words[^2].Split('-');
        return (words.Length == 2 || TryParseDays(words[0], out window.Days))
            && times.Length == 2 && TryParseTime(times[0], out window.From) && window.From < 24 * 60 && TryParseTime(times[1], out window.To)
            // The system looks for a file of that name, so there is no dot in it.
            && window.Zone.Length > 0 && window.Zone.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '_' or '-' or '+');
    }

    // Days and ranges of days between commas; a range may go over the end of the week.
    private static bool TryParseDays(string text, out int days)
    {
        days = 0;
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            int first = Array.IndexOf(DayNames, ends[0]);
            int last = Array.IndexOf(DayNames, ends[^1]);
            if (first < 0 || last < 0 || ends.Length > 2)
                return false;
            for (int day = first; ; day = (day + 1) % 7)
            {
                days |= 1 << day;
                if (day == last)
                    break;
            }
        }
        return true;
    }

    // HH:MM, up to 24:00.
    private static bool TryParseTime(string text, out int minute)
    {
        minute = 0;
        if (text.Length != 5 || text[2] != ':'
            || !int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            || !int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int minutes))
        {
            return false;
        }
        minute = hours * 60 + minutes;
        return minutes < 60 && minute <= 24 * 60;
    }
}
