using System.Text;
using BenchmarkDotNet.Attributes;
using FastCanary.Http;

namespace FastCanary.Benchmarks;

/// <summary>A browser's head of 532 bytes and 12 fields, once per operation.</summary>
[MemoryDiagnoser]
public class RequestHeadBenchmarks
{
    internal static readonly HeadLimits Limits = new(LineBytesMax: 16 * 1024, HeadBytesMax: 32 * 1024, FieldsMax: 100);

    private readonly byte[] _bytes = Encoding.ASCII.GetBytes(
        "GET /search?q=canary+release&page=2 HTTP/1.1\r\n"
        + "Host: shop.example\r\n"
        + "Connection: keep-alive\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
        + "Accept-Encoding: gzip, deflate, br\r\n"
        + "Accept-Language: en-GB,en;q=0.9\r\n"
        + "Upgrade-Insecure-Requests: 1\r\n"
        + "Sec-Fetch-Dest: document\r\n"
        + "Sec-Fetch-Mode: navigate\r\n"
        + "Sec-Fetch-Site: same-origin\r\n"
        + "Cache-Control: max-age=0\r\n"
        + "Cookie: session=6f1d2c3b4a596877; theme=dark\r\n"
        + "\r\n");

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
