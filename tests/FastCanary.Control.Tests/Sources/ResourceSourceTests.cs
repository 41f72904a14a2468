using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Sources;

/// <summary>What processes say of themselves.</summary>
public sealed class ResourceSourceTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly OutboundHttp _http;
    private readonly ScriptedOrigin _origin;
    private readonly ResourceSource _source;
    private volatile string _metrics = "";
    private volatile int _status = 200;

    public ResourceSourceTests()
    {
        _http = new OutboundHttp(_clock);
        _origin = ScriptedOrigin.Answering(_ => $"HTTP/1.1 {_status} X\r\nContent-Length: {_metrics.Length}\r\n\r\n{_metrics}");
        _source = new ResourceSource("resources", new Uri($"http://127.0.0.1:{_origin.Port}/metrics"), _http, _clock);
    }

    public void Dispose()
    {
        _origin.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task The_processors_use_is_known_from_the_second_scrape_on()
    {
        Reading[] first = await Scrape("process_cpu_seconds_total 10\nprocess_resident_memory_bytes 1.5e+07\n");
        Assert.Equal([new Reading(null, "", _clock.GetUtcNow()), new Reading(1.5e7, "", _clock.GetUtcNow()), new Reading(null, "", _clock.GetUtcNow())], first);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Reading[] second = await Scrape("process_cpu_seconds_total 17\nprocess_resident_memory_bytes 2e7\n");
        Assert.Equal([new Reading(0.7, "", _clock.GetUtcNow()), new Reading(2e7, "", _clock.GetUtcNow()), new Reading(null, "", _clock.GetUtcNow())], second);
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1.5, (await Scrape("process_cpu_seconds_total 23\nprocess_resident_memory_bytes 2e7\n"))[ResourceSource.Cpu].Value);
    }

    [Theory]
    [InlineData("process_cpu_seconds_total 2\n")]
    [InlineData("process_cpu_seconds_total 2\nprocess_start_time_seconds 200\n")]
    public async Task A_counter_that_fell_counted_from_0(string restarted)
    {
        await Scrape("process_cpu_seconds_total 10\n");
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0.2, (await Scrape(restarted))[ResourceSource.Cpu].Value);
    }

    [Fact]
    public async Task Another_start_time_is_another_process_even_where_its_counter_is_higher()
    {
        await Scrape("process_cpu_seconds_total 1\nprocess_start_time_seconds 100\n");
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0.3, (await Scrape("process_cpu_seconds_total 3\nprocess_start_time_seconds 200\n"))[ResourceSource.Cpu].Value);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0.1, (await Scrape("process_cpu_seconds_total 4\nprocess_start_time_seconds 200\n"))[ResourceSource.Cpu].Value);
    }

    [Theory]
    [InlineData("8589934592", 8589934592.0)]
    [InlineData("1.8446744073709552e+19", null)]
    [InlineData("-1", null)]
    public async Task The_most_memory_is_told_where_there_is_a_limit(string told, double? value)
    {
        Reading reading = (await Scrape($"process_virtual_memory_max_bytes {told}\n"))[ResourceSource.MemoryMax];
        Assert.Equal(new Reading(value, "", _clock.GetUtcNow()), reading);
    }

    [Theory]
    [InlineData("", "there is no process_cpu_seconds_total", "there is no process_resident_memory_bytes")]
    [InlineData("process_cpu_seconds_total{a=\"1\"} 1\nprocess_cpu_seconds_total{a=\"2\"} 1\nprocess_resident_memory_bytes 1\n", "there are 2 samples of process_cpu_seconds_total instead of one", "")]
    [InlineData("process_cpu_seconds_total 1\nprocess_resident_memory_bytes NaN\n", "", "process_resident_memory_bytes is NaN")]
    [InlineData("process_cpu_seconds_total -1\nprocess_resident_memory_bytes +Inf\n", "process_cpu_seconds_total is -1", "process_resident_memory_bytes is Infinity")]
    [InlineData("process_cpu_seconds_total 1\nprocess_resident_memory_bytes 12", "line 2 of the metrics: the last line has no end: the text was cut off", "line 2 of the metrics: the last line has no end: the text was cut off")]
    public async Task What_is_missing_or_no_number_is_a_problem(string metrics, string cpu, string memory)
    {
        Reading[] readings = await Scrape(metrics);
        Assert.Equal([cpu, memory], readings[..2].Select(static reading => reading.Problem));
        Assert.Null(readings[ResourceSource.Cpu].Value);
    }

    [Fact]
    public async Task A_refusal_is_a_problem()
    {
        _status = 401;
        Assert.All((await Scrape("process_cpu_seconds_total 1\n"))[..2], static reading => Assert.Equal("status 401", reading.Problem));
    }

    [Fact]
    public async Task Metrics_that_are_too_large_are_a_problem()
    {
        string line = "process_resident_memory_bytes 1\n";
        string filled = line + "#" + new string('x', (4 * 1024 * 1024) - line.Length - 2) + "\n";
        Assert.Equal(1, (await Scrape(filled))[ResourceSource.Memory].Value);
        Assert.All((await Scrape(filled + "\n"))[..2], static reading => Assert.Equal("the answer is larger than 4096 KiB", reading.Problem));
    }

    [Fact]
    public async Task Nobody_there_is_a_problem_and_what_was_known_is_used_when_somebody_is_there_again()
    {
        await Scrape("process_cpu_seconds_total 1\n");
        _clock.Advance(TimeSpan.FromSeconds(10));
        _status = 503;
        Assert.Equal("status 503", (await Scrape(""))[ResourceSource.Cpu].Problem);
        _status = 200;
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0.5, (await Scrape("process_cpu_seconds_total 11\n"))[ResourceSource.Cpu].Value);
        using var http = new OutboundHttp(_clock);
        using var closed = new ClosedPort();
        Reading[] nobody = await new ResourceSource("resources", new Uri($"http://127.0.0.1:{closed.Port}/"), http, _clock).ReadAsync(Timeout, CancellationToken.None);
        Assert.Equal("connection refused", nobody[ResourceSource.Memory].Problem);
    }

    private Task<Reading[]> Scrape(string metrics)
    {
        _metrics = metrics;
        return _source.ReadAsync(Timeout, CancellationToken.None);
    }
}
