namespace FastCanary.Transport.Tests;

/// <summary>The wheel on a virtual clock.</summary>
public sealed class DeadlineWheelTests
{
    private const long Start = 1_000_003;
    private long _now = Start;

    [Fact]
    public void A_deadline_never_fires_early_and_at_most_one_tick_late()
    {
        var wheel = new DeadlineWheel(_now);
        var random = new Random(1);
        var fired = 0;
        for (var i = 0; i < 2000; i++)
        {
            var at = _now + random.Next(1, 3000);
            wheel.Set(new Entry(() =>
            {
                Assert.InRange(_now, at, at + DeadlineWheel.TickMs - 1);
                fired++;
            }), at);
            Step(wheel, random.Next(3));
        }

        Step(wheel, 3100);
        Assert.Equal(2000, fired);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_deadline_that_is_set_later_again_and_again_fires_once_at_the_last()
    {
        var wheel = new DeadlineWheel(_now);
        var firedAt = new List<long>();
        var entry = new Entry(() => firedAt.Add(_now));
        for (var i = 0; i < 1000; i++)
        {
            wheel.Set(entry, _now + 100);
            Assert.Equal(1, wheel.Count);
            Step(wheel, 7);
        }

        Assert.Empty(firedAt);
        var last = entry.AtMs;
        Step(wheel, 500);
        Assert.InRange(Assert.Single(firedAt), last, last + DeadlineWheel.TickMs - 1);
    }

    [Fact]
    public void A_deadline_that_is_set_earlier_fires_earlier()
    {
        var wheel = new DeadlineWheel(_now);
        var firedAt = new List<long>();
        var entry = new Entry(() => firedAt.Add(_now));
        wheel.Set(entry, _now + 60_000);
        wheel.Set(entry, _now + 100);
        Step(wheel, 200);
        Assert.InRange(Assert.Single(firedAt), Start + 100, Start + 100 + DeadlineWheel.TickMs - 1);
        Step(wheel, 61_000);
        Assert.Single(firedAt);
    }

    [Fact]
    public void Deadlines_beyond_one_turn_of_the_wheel_fire_in_their_turn()
    {
        var wheel = new DeadlineWheel(_now);
        const int Turn = DeadlineWheel.TickMs * DeadlineWheel.SlotCount;
        var fired = 0;
        int[] delays = [Turn - 17, Turn - 16, Turn - 1, Turn, Turn + 1, Turn + 16, (3 * Turn) + 5, 3_600_000];
        foreach (var delay in delays)
        {
            var at = _now + delay;
            wheel.Set(new Entry(() =>
            {
                Assert.InRange(_now, at, at + DeadlineWheel.TickMs - 1);
                fired++;
            }), at);
        }

        while (wheel.Count > 0) Step(wheel, 1);
        Assert.Equal(delays.Length, fired);
    }

    [Fact]
    public void A_cleared_deadline_does_not_fire_and_leaves_when_its_slot_comes_round()
    {
        var wheel = new DeadlineWheel(_now);
        var entry = new Entry(() => Assert.Fail("it was cleared"));
        wheel.Set(entry, _now + 100);
        DeadlineWheel.Clear(entry);
        Step(wheel, 200);
        Assert.Equal(0, wheel.Count);
        Assert.Equal(-1, wheel.NextTimeoutMs(_now));
    }

    [Fact]
    public void Entries_may_be_set_and_removed_while_another_of_their_slot_fires()
    {
        var wheel = new DeadlineWheel(_now);
        var log = new List<string>();
        var at = _now + 100;
        Entry? first = null, second = null;
        var removed = 0;
        // Whichever comes first removes the other and arms itself anew.
        first = new Entry(() => Fire("first", first!, second!));
        second = new Entry(() => Fire("second", second!, first));
        wheel.Set(first, at);
        wheel.Set(second, at);
        Step(wheel, 120);
        Assert.Single(log);
        Assert.Equal(1, removed);
        Step(wheel, 100);
        Assert.Equal(2, log.Count);
        Assert.Equal(log[0], log[1]);

        void Fire(string name, Entry self, Entry other)
        {
            log.Add(name);
            if (removed > 0) return;
            removed++;
            wheel.Remove(other);
            wheel.Set(self, _now + 50);
        }
    }

    [Fact]
    public void After_a_long_pause_what_is_due_fires_and_the_rest_does_not()
    {
        var wheel = new DeadlineWheel(_now);
        var fired = 0;
        for (var i = 1; i <= 500; i++) wheel.Set(new Entry(() => fired++), _now + (i * 1000));
        _now += 250_500;
        wheel.Advance(_now);
        Assert.Equal(250, fired);
        Step(wheel, 250_000);
        Assert.Equal(500, fired);
    }

    [Fact]
    public void Sleeping_as_long_as_the_wheel_says_misses_nothing_and_wakes_seldom()
    {
        var wheel = new DeadlineWheel(_now);
        var random = new Random(2);
        var fired = 0;
        for (var i = 0; i < 200; i++)
        {
            var at = _now + random.Next(1, 120_000);
            wheel.Set(new Entry(() =>
            {
                Assert.InRange(_now, at, at + DeadlineWheel.TickMs - 1);
                fired++;
            }), at);
        }

        var wakes = 0;
        for (int sleep; (sleep = wheel.NextTimeoutMs(_now)) >= 0; wakes++)
        {
            Assert.InRange(sleep, 0, DeadlineWheel.TickMs * DeadlineWheel.SlotCount);
            _now += sleep;
            wheel.Advance(_now);
        }

        Assert.Equal(200, fired);
        // Once per deadline and turn of the wheel at the most.
        Assert.InRange(wakes, 1, 200 * 5);
    }

    private void Step(DeadlineWheel wheel, int milliseconds)
    {
        for (var i = 0; i < milliseconds; i++)
        {
            _now++;
            wheel.Advance(_now);
        }
    }

    private sealed class Entry(Action fire) : Deadline
    {
        internal override void Fire() => fire();
    }
}
