using BenchmarkDotNet.Attributes;
using FastCanary.Http;

namespace FastCanary.Benchmarks;

/// <summary>A browser's head of 532 bytes and 12 fields, once per operation.</summary>
[MemoryDiagnoser]
public class RequestHeadBenchmarks
{
    internal static readonly HeadLimits Limits = new(LineBytesMax: 16 * 1024, HeadBytesMax: 32 * 1024, FieldsMax: 100);

    private readonly byte[] _bytes = BrowserRequest.Bytes(
        "/search?q=canary+release&page=2",
        "Upgrade-Insecure-Requests: 1",
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Site: same-origin",
        "Cache-Control: max-age=0",
        "Cookie: session=6f1d2c3b4a596877; theme=dark");

    private readonly byte[] _destination = new byte[2048];
    private readonly RequestHead _parsing = new();
    private readonly RequestHead _parsed = new();

    public RequestHeadBenchmarks()
    {
        _parsed.Reset(Limits);
        if (_parsed.Parse(_bytes) != ParseStatus.Done) throw new InvalidOperationException("The head is refused.");
    }

    [Benchmark]
    public ParseStatus RequestHeadParse()
    {
        _parsing.Reset(Limits);
        return _parsing.Parse(_bytes);
    }

    [Benchmark]
    public int RequestHeadWrite()
    {
        var forwarding = new RequestForwarding { ClientAddress = "192.0.2.33"u8 };
        return RequestHeadWriter.Write(_parsed, _bytes, forwarding, _destination);
    }
}
