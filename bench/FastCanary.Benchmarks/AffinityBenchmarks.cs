using System.Text;
using BenchmarkDotNet.Attributes;
using FastCanary.Http;
using FastCanary.Traffic;

namespace FastCanary.Benchmarks;

/// <summary>What keeps a user on a version: the bucket of a key, and the whole way from a browser's head to the version.</summary>
[MemoryDiagnoser]
public class AffinityBenchmarks
{
    private readonly byte[] _key = Encoding.ASCII.GetBytes("0123456789abcdef");
    private readonly byte[] _bytes = BrowserRequest.Bytes(
        "/search?q=canary+release&page=2",
        "X-User-Id: 0123456789abcdef",
        "X-Forwarded-For: 198.51.100.7, 10.0.0.2",
        "Cookie: theme=dark; user=0123456789abcdef");

    private readonly RequestHead _head = new();
    private readonly AffinitySplit _split = AffinitySplit.Compile([95, 5], baselineIndex: 0);
    private readonly AffinityModel _byHeader = new(AffinityKeySource.Header, "X-User-Id", "2026-11", assign: null);
    private readonly AffinityModel _byCookie = new(AffinityKeySource.Cookie, "user", "2026-11", assign: null);
    private readonly FeatureModel _feature = new("new-ranking", 2000, "X-Feature-New-Ranking", "1");
    private readonly NetworkSet _trusted = NetworkSet.Compile([System.Net.IPNetwork.Parse("10.0.0.0/8")]);
    private readonly byte[] _peer = [10, 0, 0, 1];
    private readonly byte[] _address = new byte[16];

    public AffinityBenchmarks()
    {
        _head.Reset(RequestHeadBenchmarks.Limits);
        if (_head.Parse(_bytes) != ParseStatus.Done) throw new InvalidOperationException("The head is refused.");
    }

    [Benchmark]
    public uint Bucket() => _byHeader.Bucket(_key);

    [Benchmark]
    public bool Feature() => _feature.IsOn(_key);

    [Benchmark]
    public int VersionByHeader() => Pick(_byHeader);

    [Benchmark]
    public int VersionByCookie() => Pick(_byCookie);

    [Benchmark]
    public int ForwardedClientAddress() => ClientAddress.Find(_head, _bytes, _peer, _trusted, _address);

    private int Pick(AffinityModel affinity)
    {
        var request = new RequestView { Head = _head, Bytes = _bytes, ClientAddress = _peer, Countries = null };
        return affinity.TryGetKey(request, out ReadOnlySpan<byte> key) ? _split.Pick(affinity.Bucket(key)) : -1;
    }
}
