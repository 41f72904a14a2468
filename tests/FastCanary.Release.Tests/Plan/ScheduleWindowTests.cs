namespace FastCanary.Release.Tests.Plan;

public sealed class ScheduleWindowTests
{
    private const int Weekdays = 0b0111110;
    private const int Sunday = 1;
    private const int Saturday = 1 << 6;

    [Theory]
    [InlineData("2026-11-20T09:00Z", true)]         // a Friday
    [InlineData("2026-11-20T08:59:59Z", false)]
    [InlineData("2026-11-20T15:59:59Z", true)]
    [InlineData("2026-11-20T16:00Z", false)]
    [InlineData("2026-11-21T12:00Z", false)]        // a Saturday
    [InlineData("2026-11-22T12:00Z", false)]
    [InlineData("2026-11-23T09:00Z", true)]
    public void It_is_open_on_its_days_from_its_first_minute_to_before_its_last(string at, bool isOpen) =>
        Assert.Equal(isOpen, new ScheduleWindow { Days = Weekdays, FromMinute = 9 * 60, ToMinute = 16 * 60 }.Contains(Time(at)));

    [Fact]
    public void A_window_of_whole_days_is_open_all_day()
    {
        var window = new ScheduleWindow { Days = Saturday };
        Assert.False(window.Contains(Time("2026-11-20T23:59:59Z")));
        Assert.True(window.Contains(Time("2026-11-21T00:00Z")));
        Assert.True(window.Contains(Time("2026-11-21T23:59:59Z")));
        Assert.False(window.Contains(Time("2026-11-22T00:00Z")));
        Assert.True(new ScheduleWindow().Contains(Time("2026-11-22T00:00Z")));
    }

    [Theory]
    [InlineData("2026-11-21T21:59Z", false)]
    [InlineData("2026-11-21T22:00Z", true)]         // Saturday night, which is the window's day
    [InlineData("2026-11-22T00:00Z", true)]
    [InlineData("2026-11-22T05:59Z", true)]
    [InlineData("2026-11-22T06:00Z", false)]
    [InlineData("2026-11-22T22:00Z", false)]        // Sunday night is not
    [InlineData("2026-11-21T03:00Z", false)]        // Friday's night, on the Saturday's morning
    public void Over_midnight_the_day_is_that_on_which_it_opened(string at, bool isOpen) =>
        Assert.Equal(isOpen, new ScheduleWindow { Days = Saturday, FromMinute = 22 * 60, ToMinute = 6 * 60 }.Contains(Time(at)));

    [Theory]
    [InlineData("2026-11-21T10:00Z", true)]
    [InlineData("2026-11-22T09:59Z", true)]
    [InlineData("2026-11-22T10:00Z", false)]
    [InlineData("2026-11-21T09:59Z", false)]
    public void A_window_that_closes_when_it_opens_lasts_a_day(string at, bool isOpen) =>
        Assert.Equal(isOpen, new ScheduleWindow { Days = Saturday, FromMinute = 600, ToMinute = 600 }.Contains(Time(at)));

    [Theory]
    [InlineData("2026-03-27T08:00Z", true)]         // 09:00 in winter
    [InlineData("2026-03-27T07:59Z", false)]
    [InlineData("2026-03-27T15:00Z", false)]        // 16:00
    [InlineData("2026-03-30T07:00Z", true)]         // 09:00 in summer, the Monday after the clocks went forward
    [InlineData("2026-03-30T06:59Z", false)]
    [InlineData("2026-03-30T14:00Z", false)]
    [InlineData("2026-10-26T08:00Z", true)]         // winter again
    [InlineData("2026-10-26T07:59Z", false)]
    public void It_is_open_by_the_clock_on_the_wall_in_summer_and_in_winter(string at, bool isOpen) =>
        Assert.Equal(isOpen, Berlin(Weekdays, 9 * 60, 16 * 60).Contains(Time(at)));

    [Fact]
    public void The_offset_of_the_time_asked_about_does_not_matter()
    {
        ScheduleWindow window = Berlin(Weekdays, 9 * 60, 16 * 60);
        DateTimeOffset open = Time("2026-03-30T07:00Z");
        for (int hours = -12; hours <= 14; hours++)
            Assert.True(window.Contains(open.ToOffset(TimeSpan.FromHours(hours))));
    }

    [Fact]
    public void An_hour_that_the_spring_leaves_out_is_not_there_and_one_that_the_autumn_repeats_is_there_twice()
    {
        ScheduleWindow night = Berlin(Sunday, 2 * 60, 3 * 60);
        // 29 March 2026: 01:59:59 is followed by 03:00.
        for (int minute = 0; minute < 24 * 60; minute++)
            Assert.False(night.Contains(Time("2026-03-28T23:00Z").AddMinutes(minute)));
        // 25 October 2026: from 00:00Z to 02:00Z it is between two and three, twice.
        int open = Enumerable.Range(0, 25 * 60).Count(minute => night.Contains(Time("2026-10-24T22:00Z").AddMinutes(minute)));
        Assert.Equal(120, open);
    }

    [Theory]
    [InlineData("2026-11-20T12:34:56Z", "2026-11-20T12:34:56Z")]        // open: at once
    [InlineData("2026-11-20T16:00Z", "2026-11-23T09:00Z")]              // over the weekend
    [InlineData("2026-11-23T08:59:59Z", "2026-11-23T09:00Z")]
    [InlineData("2026-11-23T00:00Z", "2026-11-23T09:00Z")]
    public void The_next_opening_is_its_first_minute(string after, string opening) =>
        Assert.Equal(Time(opening), new ScheduleWindow { Days = Weekdays, FromMinute = 9 * 60, ToMinute = 16 * 60 }.NextOpening(Time(after)));

    [Fact]
    public void The_next_opening_is_by_the_clock_on_the_wall()
    {
        // On the Friday before the clocks go forward it opens at 08:00Z, on the Monday after at 07:00Z.
        Assert.Equal(Time("2026-03-30T07:00Z"), Berlin(Weekdays, 9 * 60, 16 * 60).NextOpening(Time("2026-03-27T15:00Z")));
        Assert.Equal(Time("2026-10-26T08:00Z"), Berlin(Weekdays, 9 * 60, 16 * 60).NextOpening(Time("2026-10-23T14:00Z")));
        // 02:00 is left out on 29 March: what is open from half past one to half past three goes on at three.
        Assert.Equal(Time("2026-03-29T00:30Z"), Berlin(Sunday, 90, 210).NextOpening(Time("2026-03-29T00:00Z")));
        // A window inside the hour that is left out opens on another of its days.
        Assert.Equal(Time("2026-03-30T00:10Z"), Berlin(Sunday | (1 << 1), 130, 170).NextOpening(Time("2026-03-28T12:00Z")));
    }

    [Fact]
    public void The_next_opening_is_seen_a_week_ahead_and_none_is_none()
    {
        var saturdays = new ScheduleWindow { Days = Saturday, FromMinute = 60, ToMinute = 120 };
        Assert.Equal(Time("2026-11-28T01:00Z"), saturdays.NextOpening(Time("2026-11-21T02:00Z")));
        Assert.Null(new ScheduleWindow { Days = 0 }.NextOpening(Time("2026-11-21T02:00Z")));
    }

    [Fact]
    public void Each_minute_agrees_with_the_next_opening()
    {
        ScheduleWindow window = Berlin(Saturday | Sunday, 22 * 60, 4 * 60);
        DateTimeOffset from = Time("2026-10-23T00:00Z");
        DateTimeOffset? opening = null;
        for (int minute = 6 * 24 * 60; minute >= 0; minute--)
        {
            DateTimeOffset at = from.AddMinutes(minute);
            if (window.Contains(at))
                opening = at;
            if (opening is not null && minute % 97 == 0)
                Assert.Equal(opening, window.NextOpening(at));
        }

        Assert.NotNull(opening);
    }

    [Fact]
    public void A_zone_that_the_system_does_not_know_is_refused() =>
        Assert.Throws<TimeZoneNotFoundException>(() => new ScheduleWindow { Zone = "Europe/Atlantis" });

    private static ScheduleWindow Berlin(int days, int from, int to) => new() { Days = days, FromMinute = from, ToMinute = to, Zone = "Europe/Berlin" };

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
