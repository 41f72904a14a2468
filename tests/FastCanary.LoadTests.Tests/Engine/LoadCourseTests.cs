using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Tests.Engine;

public sealed class LoadCourseTests
{
    [Fact]
    public void A_rate_over_a_time_is_exactly_their_product_evenly_spaced()
    {
        double[] due = Due(Simulation.Inject(1000, TimeSpan.FromSeconds(3)));
        Assert.Equal(3000, due.Length);
        for (int i = 0; i < due.Length; i++) Assert.Equal(i / 1000.0, due[i], 1e-9);
    }

    [Fact]
    public void A_ramp_has_the_area_under_it_and_grows_denser()
    {
        double[] due = Due(Simulation.RampingInject(100, TimeSpan.FromSeconds(10)));
        Assert.Equal(500, due.Length);
        // The integral of 10·t is 5·t².
        for (int i = 0; i < due.Length; i++) Assert.Equal(i, 5 * due[i] * due[i], 1e-6);
    }

    [Fact]
    public void A_ramp_begins_at_the_rate_before_it_also_downwards()
    {
        double[] due = Due(Simulation.Inject(100, TimeSpan.FromSeconds(1)), Simulation.RampingInject(0, TimeSpan.FromSeconds(2)));
        Assert.Equal(200, due.Length);
        Assert.Equal(1, due[100], 1e-9);
        Assert.True(due[101] - due[100] < due[199] - due[198]);
        Assert.True(due[^1] < 3);
    }

    [Fact]
    public void In_a_pause_nothing_is_due_and_what_follows_begins_after_it()
    {
        double[] due = Due(Simulation.Inject(2, TimeSpan.FromSeconds(1)), Simulation.Pause(TimeSpan.FromSeconds(5)), Simulation.Inject(1, TimeSpan.FromSeconds(2)));
        Assert.Equal([0, 0.5, 6, 7], due);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(1.5, 10)]
    [InlineData(2.5, 0)]
    [InlineData(3.5, 0)]
    public void Copies_ramp_are_kept_and_end(double second, int copies)
    {
        var course = new LoadCourse([Simulation.RampingConstant(10, TimeSpan.FromSeconds(1)), Simulation.KeepConstant(10, TimeSpan.FromSeconds(1)), Simulation.Inject(10, TimeSpan.FromSeconds(1))]);
        Assert.Equal(copies, course.CopiesAt(second));
        Assert.Equal(3, course.Seconds, 1e-9);
        Assert.Equal(10, course.Total);
    }

    [Fact]
    public void A_load_without_an_end_is_even_and_says_no_duration()
    {
        LoadSimulation simulation = Simulation.Inject(4, Simulation.UntilCancelled);
        var course = new LoadCourse([simulation]);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i / 4.0, course.NextDue(), 1e-9);
            course.Advance();
        }

        Assert.Equal("inject 4/s", simulation.ToString());
    }

    [Fact]
    public void A_stretch_needs_a_length_and_no_negative_rate()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Simulation.Inject(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => Simulation.Inject(-1, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentException>(() => new LoadCourse([]));
    }

    private static double[] Due(params LoadSimulation[] simulations)
    {
        var course = new LoadCourse(simulations);
        List<double> due = [];
        for (double next = course.NextDue(); !double.IsPositiveInfinity(next); next = course.NextDue())
        {
            due.Add(next);
            course.Advance();
        }

        Assert.Equal(course.Total, due.Count);
        return [.. due];
    }
}
