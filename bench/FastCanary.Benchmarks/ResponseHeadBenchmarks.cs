using System.Text;
using BenchmarkDotNet.Attributes;
using FastCanary.Http;

namespace FastCanary.Benchmarks;

/// <summary>An origin's head of 285 bytes and 9 fields, once per operation.</summary>
[MemoryDiagnoser]
public class ResponseHeadBenchmarks
{
    private readonly byte[] _bytes = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\n"
        + "Server: nginx/1.27.2\r\n"
        + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        + "Content-Type: application/json; charset=utf-8\r\n"
        + "Content-Length: 1234\r\n"
        + "Connection: keep-alive\r\n"
        + "Vary: Accept-Encoding\r\n"
        + "ETag: \"66f2a1b0-4d2\"\r\n"
        + "Cache-Control: private, max-age=60\r\n"
        + "X-Content-Type-Options: nosniff\r\n"
        + "\r\n");

    private readonly byte[] _destination = new byte[2048];
    private readonly ResponseHead _parsing = new();
    private readonly ResponseHead _parsed = new();

    public ResponseHeadBenchmarks()
    {
        _parsed.Reset(RequestHeadBenchmarks.Limits, HttpMethod.Get, upgradeRequested: false);
        if (_parsed.Parse(_bytes) != ParseStatus.Done) throw new InvalidOperationException("The head is refused.");
    }

    [Benchmark]
    public ParseStatus ResponseHeadParse()
    {
        _parsing.Reset(RequestHeadBenchmarks.Limits, HttpMethod.Get, upgradeRequested: false);
        return _parsing.Parse(_bytes);
    }

    [Benchmark]
    public int ResponseHeadWrite()
    {
        var forwarding = new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length };
        return ResponseHeadWriter.Write(_parsed, _bytes, forwarding, _destination);
    }
}
