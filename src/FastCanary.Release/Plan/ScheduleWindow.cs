using System.Text.Json.Serialization;

namespace FastCanary.Release;

/// <summary>A time of the week in which a share may rise, in a time zone's wall-clock time.</summary>
public sealed record ScheduleWindow
{
    private readonly string _zone = "UTC";

    /// <summary>One bit a day, Sunday the lowest, as <see cref="DayOfWeek"/> counts: the day on which the window opens.</summary>
    public int Days { get; init; } = 0b1111111;

    /// <summary>When it opens, in minutes of the day: 0 to 1439.</summary>
    public int FromMinute { get; init; }

    /// <summary>When it closes: 1 to 1440. At or before <see cref="FromMinute"/>, it closes on the next day.</summary>
    public int ToMinute { get; init; } = 24 * 60;

    /// <summary>The IANA name of the time zone.</summary>
    /// <exception cref="TimeZoneNotFoundException">The system does not know it.</exception>
    public string Zone
    {
        get => _zone;
        init
        {
            _zone = value;
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(value);
        }
    }

    /// <summary>The time zone of that name.</summary>
    [JsonIgnore]
    public TimeZoneInfo TimeZone { get; private init; } = TimeZoneInfo.Utc;

    /// <summary>Whether the window is open at a time.</summary>
    public bool Contains(DateTimeOffset at)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, TimeZone);
        int minute = (local.Hour * 60) + local.Minute;
        if (FromMinute < ToMinute)
            return HasDay(local.DayOfWeek) && minute >= FromMinute && minute < ToMinute;
        if (minute >= FromMinute)
            return HasDay(local.DayOfWeek);
        return minute < ToMinute && HasDay(local.AddDays(-1).DayOfWeek);
    }

    /// <summary>When the window opens next, to the minute; <paramref name="after"/> itself where it is open, null where it never is within 8 days.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset after)
    {
        if (Contains(after))
            return after;
        var at = new DateTimeOffset(after.Ticks - (after.Ticks % TimeSpan.TicksPerMinute), after.Offset);
        for (int minute = 1; minute <= 8 * 24 * 60; minute++)
        {
            DateTimeOffset candidate = at.AddMinutes(minute);
            if (Contains(candidate))
                return candidate;
        }

        return null;
    }

    private bool HasDay(DayOfWeek day) => (Days & (1 << (int)day)) != 0;
}
