using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class ConfigReloaderTests
{
    private readonly List<Snapshot> _applied = [];
    private string _text = Sample.Listeners + Sample.Services;

    [Fact]
    public void A_valid_file_is_applied_and_told()
    {
        ConfigReloader reloader = Reloader();
        ReloadResult result = reloader.Reload("SIGHUP");
        Assert.True(result.Applied);
        Assert.Equal("SIGHUP", result.Cause);
        Assert.Same(Assert.Single(_applied), result.Snapshot);
        Assert.Equal("s", result.Config!.Services[0].Name);
        Assert.Equal((1, 0), (reloader.Successes, reloader.Failures));
    }

    [Fact]
    public void A_file_with_an_error_changes_nothing_and_is_reported()
    {
        ConfigReloader reloader = Reloader();
        reloader.Reload("start");
        _text = _text.Replace("127.0.0.1:1", "127.0.0.1");
        ReloadResult result = reloader.Reload("file changed");
        Assert.False(result.Applied);
        Assert.Null(result.Config);
        Assert.Contains("expected host:port", Assert.Single(result.Errors).Message);
        Assert.Single(_applied);
        Assert.Equal((1, 1), (reloader.Successes, reloader.Failures));
    }

    [Fact]
    public void A_name_that_cannot_be_resolved_changes_nothing()
    {
        ConfigReloader reloader = Reloader();
        _text = _text.Replace("127.0.0.1:1", "gone.invalid:1");
        Assert.Contains("cannot be resolved", Assert.Single(reloader.Reload("SIGHUP").Errors).Message);
        Assert.Empty(_applied);
    }

    [Fact]
    public void What_cannot_be_applied_is_an_error_of_the_reload()
    {
        ConfigReloader reloader = Reloader(_ => throw new IOException("cannot listen on 0.0.0.0:80: the address is in use"));
        ReloadResult result = reloader.Reload("SIGHUP");
        Assert.False(result.Applied);
        Assert.Equal("f.yaml: cannot listen on 0.0.0.0:80: the address is in use", Assert.Single(result.Errors).ToString());
        Assert.Equal((0, 1), (reloader.Successes, reloader.Failures));
    }

    [Fact]
    public void The_split_carries_on_over_reloads()
    {
        _text = _text.Replace("v: {", "w: { endpoints: [\"127.0.0.1:2\"] }\n      v: {");
        ConfigReloader reloader = Reloader();
        reloader.Reload("start");
        string order = "";
        for (int i = 0; i < 6; i++)
        {
            order += _applied[^1].Services[0].PickVersion().Name;
            reloader.Reload("SIGHUP");
        }
        Assert.Equal("wvwvwv", order);
    }

    [Fact]
    public void Reloads_run_one_at_a_time()
    {
        int inside = 0;
        int most = 0;
        ConfigReloader reloader = Reloader(_ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.Sleep(5);
            Interlocked.Decrement(ref inside);
        });
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => reloader.Reload("SIGHUP"));
        Assert.Equal(1, most);
        Assert.Equal(8, reloader.Successes);
    }

    private ConfigReloader Reloader(Action<Snapshot>? apply = null) =>
        new(() => Sample.Parse(_text), new SnapshotCompiler(new StateTable(), _ => []), (_, snapshot, _) => (apply ?? _applied.Add)(snapshot), _applied.Add);
}
