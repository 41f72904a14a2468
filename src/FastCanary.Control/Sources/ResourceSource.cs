using System.Globalization;
using System.Net.Http;

namespace FastCanary.Control;

/// <summary>
/// What a process uses, from its own metrics in Prometheus' text format: how much of one core since the scrape before (<c>process_cpu_seconds_total</c>), and how much
/// memory now (<c>process_resident_memory_bytes</c>), of how much (<c>process_virtual_memory_max_bytes</c>).
/// </summary>
/// <remarks>
/// A counter that fell, or a <c>process_start_time_seconds</c> that is another one, means another process: as in Prometheus' <c>rate</c> it counted from 0. The first scrape
/// knows no use of the processor, and that is no problem.
/// </remarks>
/// <param name="name">Whose metrics these are, for the log: <c>resources of 10.0.0.7:8080</c>.</param>
/// <param name="address">Where the metrics are.</param>
/// <param name="http">Asks.</param>
/// <param name="clock">Tells when, and how much time lies between scrapes.</param>
internal sealed class ResourceSource(string name, Uri address, OutboundHttp http, TimeProvider clock) : IReadingSource
{
    /// <summary>The reading that is a share of one core: 1 is one core, wholly used; above 1 it is more than one.</summary>
    public const int Cpu = 0;

    /// <summary>The reading that is resident memory, in bytes.</summary>
    public const int Memory = 1;

    /// <summary>The reading that is the most memory that the process may have, in bytes. Neither value nor problem where it does not tell, or has no limit.</summary>
    public const int MemoryMax = 2;

    // What Go's runtime tells of no limit is 2^64 as a floating-point number.
    private const double Unlimited = 1L << 60;

    private const int AnswerBytesMax = 4 * 1024 * 1024;

    private double _cpuSeconds = double.NaN;
    private double _startTime = double.NaN;
    private long _scrapedAt;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Key => $"{name} {address.AbsoluteUri}";

    /// <inheritdoc/>
    public int Count => 3;

    /// <inheritdoc/>
    public async Task<Reading[]> ReadAsync(TimeSpan timeout, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", "text/plain;version=0.0.4");
        HttpAnswer answer = await http.SendAsync(request, AnswerBytesMax, timeout, stop);
        DateTimeOffset at = clock.GetUtcNow();
        if (answer.Problem.Length > 0) return None(answer.Problem, at);
        if (!answer.IsSuccess) return None(string.Create(CultureInfo.InvariantCulture, $"status {answer.Status}"), at);
        return Read(answer.Body.Span, at);
    }

    private static Reading[] None(string problem, DateTimeOffset at) => [Reading.Lacking(problem, at), Reading.Lacking(problem, at), Reading.Lacking(problem, at)];

    private Reading[] Read(ReadOnlySpan<byte> text, DateTimeOffset at)
    {
        var cpu = new SoleSample("process_cpu_seconds_total");
        var memory = new SoleSample("process_resident_memory_bytes");
        var memoryMax = new SoleSample("process_virtual_memory_max_bytes");
        var start = new SoleSample("process_start_time_seconds");
        var reader = new MetricsReader(text);
        MetricsToken token;
        while ((token = reader.Read()) == MetricsToken.Sample)
        {
            cpu.Take(reader.Name, reader.Value);
            memory.Take(reader.Name, reader.Value);
            memoryMax.Take(reader.Name, reader.Value);
            start.Take(reader.Name, reader.Value);
        }

        if (token == MetricsToken.Invalid) return None(string.Create(CultureInfo.InvariantCulture, $"line {reader.Line} of the metrics: {reader.Error}"), at);
        return
        [
            cpu.Problem is { } noCpu ? Reading.Lacking(noCpu, at) : CpuSince(cpu.Value, start.Problem is null ? start.Value : double.NaN, at),
            memory.Problem is { } noMemory ? Reading.Lacking(noMemory, at) : Reading.Of(memory.Value, at),
            memoryMax.Problem is null && memoryMax.Value is > 0 and < Unlimited ? Reading.Of(memoryMax.Value, at) : Reading.Nothing(at),
        ];
    }

    private Reading CpuSince(double seconds, double startTime, DateTimeOffset at)
    {
        long now = clock.GetTimestamp();
        bool isFirst = double.IsNaN(_cpuSeconds);
        bool restarted = seconds < _cpuSeconds || (double.IsFinite(_startTime) && double.IsFinite(startTime) && startTime != _startTime);
        double used = restarted ? seconds : seconds - _cpuSeconds;
        TimeSpan passed = clock.GetElapsedTime(_scrapedAt, now);
        if (!isFirst && passed <= TimeSpan.Zero) return Reading.Nothing(at);
        (_cpuSeconds, _startTime, _scrapedAt) = (seconds, startTime, now);
        return isFirst ? Reading.Nothing(at) : Reading.Of(used / passed.TotalSeconds, at);
    }
}
