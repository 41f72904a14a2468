namespace FastCanary.Traffic.Tests.Endpoints;

public sealed class OutlierDetectionTests
{
    private const long Now = 1_000_000;

    [Fact]
    public void So_many_failures_in_a_row_eject()
    {
        VersionModel version = EndpointChoiceTests.Version(0, ("a", 1), ("b", 1));
        Assert.Equal([false, false, true], Fail(version, 0, 3, Outlier(3), Now));
        Assert.True(version.Endpoints[0].State.IsEjected(Now));
        Assert.Equal(1, version.Endpoints[0].State.Ejections);
    }

    [Fact]
    public void A_success_between_starts_the_count_anew()
    {
        VersionModel version = EndpointChoiceTests.Version(0, ("a", 1), ("b", 1));
        Fail(version, 0, 2, Outlier(3), Now);
        OutlierDetection.OnSuccess(version.Endpoints[0]);
        Assert.Equal([false, false, true], Fail(version, 0, 3, Outlier(3), Now));
    }

    [Fact]
    public void Each_ejection_in_a_row_lasts_twice_as_long_up_to_ten_times()
    {
        VersionModel version = EndpointChoiceTests.Version(0, ("a", 1));
        EndpointState state = version.Endpoints[0].State;
        var lasted = new List<long>();
        long now = Now;
        Fail(version, 0, 2, Outlier(3), now);
        for (int i = 0; i < 6; i++)
        {
            // One failure is enough once it has been out.
            Assert.Equal([true], Fail(version, 0, 1, Outlier(3), now));
            lasted.Add(state.EjectedForMs);
            now = state.EjectedUntilMs;
        }

        Assert.Equal([1000, 2000, 4000, 8000, 10_000, 10_000], lasted);
    }

    [Fact]
    public void An_endpoint_that_was_well_for_as_long_as_it_was_out_begins_anew()
    {
        VersionModel version = EndpointChoiceTests.Version(0, ("a", 1));
        EndpointState state = version.Endpoints[0].State;
        Fail(version, 0, 3, Outlier(3), Now);
        Fail(version, 0, 1, Outlier(3), state.EjectedUntilMs);
        Assert.Equal(2000, state.EjectedForMs);
        OutlierDetection.OnSuccess(version.Endpoints[0]);
        long later = state.EjectedUntilMs + 2001;
        Assert.Equal([false, false, true], Fail(version, 0, 3, Outlier(3), later));
        Assert.Equal(1000, state.EjectedForMs);
    }

    [Fact]
    public void Failures_of_requests_that_were_under_way_when_it_was_ejected_say_nothing()
    {
        VersionModel version = EndpointChoiceTests.Version(0, ("a", 1));
        Fail(version, 0, 3, Outlier(3), Now);
        Assert.Equal([false, false, false, false], Fail(version, 0, 4, Outlier(3), Now + 500));
        Assert.Equal(Now + 1000, version.Endpoints[0].State.EjectedUntilMs);
    }

    [Theory]
    [InlineData(4, 50, 2)]
    [InlineData(4, 100, 4)]
    [InlineData(3, 50, 1)]
    [InlineData(4, 0, 1)]
    [InlineData(1, 10, 1)]
    public void No_more_than_the_share_is_out_at_a_time_but_one_always_may(int endpoints, int percent, int ejected)
    {
        VersionModel version = EndpointChoiceTests.Version(0, [.. Enumerable.Range(0, endpoints).Select(i => ($"e{i}", 1))]);
        for (int i = 0; i < endpoints; i++)
            Fail(version, i, 3, Outlier(3, percent), Now);
        Assert.Equal(ejected, version.Endpoints.Count(endpoint => endpoint.State.IsEjected(Now)));
    }

    [Fact]
    public void Who_could_not_be_ejected_is_as_soon_as_there_is_room()
    {
        VersionModel version = EndpointChoiceTests.Version(0, ("a", 1), ("b", 1));
        Fail(version, 0, 3, Outlier(3), Now);
        Assert.Equal([false, false, false, false], Fail(version, 1, 4, Outlier(3), Now));
        Assert.Equal([true], Fail(version, 1, 1, Outlier(3), Now + 1000));
    }

    [Fact]
    public void Loops_that_fail_at_once_eject_no_more_than_may_be()
    {
        for (int round = 0; round < 200; round++)
        {
            VersionModel version = EndpointChoiceTests.Version(0, ("a", 1), ("b", 1));
            using var start = new Barrier(2);
            var threads = Enumerable.Range(0, 2).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                Fail(version, i, 5, Outlier(3), Now);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.InRange(version.Endpoints.Count(endpoint => endpoint.State.IsEjected(Now)), 0, 1);
        }
    }

    private static OutlierModel Outlier(int failures, int percent = 50) =>
        new() { ConsecutiveFailures = failures, EjectMs = 1000, EjectedMaxBasisPoints = percent * 100, Counted = OutlierFailures.All };

    private static List<bool> Fail(VersionModel version, int endpoint, int times, OutlierModel outlier, long nowMs) =>
        [.. Enumerable.Range(0, times).Select(_ => OutlierDetection.OnFailure(outlier, version, version.Endpoints[endpoint], nowMs))];
}
