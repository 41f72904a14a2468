using System.Text;
using BenchmarkDotNet.Attributes;
using FastCanary.Http;

namespace FastCanary.Benchmarks;

/// <summary>A body of four chunks of 4 KiB in one input: one operation is the whole body.</summary>
[MemoryDiagnoser]
public class ChunkedBenchmarks
{
    private readonly byte[] _body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1000\r\n" + new string('x', 4096) + "\r\n", 4)) + "0\r\n\r\n");

    [Benchmark]
    public ParseStatus ChunkedDecode()
    {
        var decoder = new ChunkedDecoder(dataOnly: false, keepTrailers: true);
        return decoder.Next(_body, out _, out _);
    }
}
