using BenchmarkDotNet.Attributes;
using FastCanary.Http;

namespace FastCanary.Benchmarks;

/// <summary>One request's id: made, or a client's of 36 bytes judged; and a new user's key.</summary>
[MemoryDiagnoser]
public class RequestIdBenchmarks
{
    private readonly RequestIdGenerator _ids = new(seed: 1);
    private readonly byte[] _id = new byte[RequestIdGenerator.IdBytes];
    private readonly byte[] _key = new byte[RequestIdGenerator.KeyBytes];
    private long _unixMs = 1_790_000_000_000;

    public RequestIdBenchmarks() => _ids.Next(_unixMs, _id);

    [Benchmark]
    public void Next() => _ids.Next(_unixMs++, _id);

    [Benchmark]
    public void NextKey() => _ids.NextKey(_key);

    [Benchmark]
    public bool IsValid() => RequestId.IsValid(_id);
}
