using System.Net;
using BenchmarkDotNet.Attributes;
using FastCanary.Traffic;
using FastCanary.Traffic.Tests;

namespace FastCanary.Benchmarks;

/// <summary>
/// The country of one address of 4,096 random ones of IPv4. The database is the file that <c>FASTCANARY_MMDB</c> names, or else one of 100,000 random networks.
/// </summary>
[MemoryDiagnoser]
public class CountryBenchmarks
{
    private const int Networks = 100_000;
    private const int Addresses = 4096;

    private readonly byte[] _addresses = new byte[Addresses * 4];
    private MaxMindDatabase _database = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(4);
        random.NextBytes(_addresses);
        byte[] file = Environment.GetEnvironmentVariable("FASTCANARY_MMDB") is { Length: > 0 } path ? File.ReadAllBytes(path) : Generate(random);
        _database = MaxMindDatabase.Parse(file, out string error) ?? throw new InvalidDataException("The database " + error);
    }

    [Benchmark]
    public CountryCode Find()
    {
        _next = (_next + 4) & (Addresses * 4 - 1);
        return _database.Find(_addresses.AsSpan(_next, 4));
    }

    private static byte[] Generate(Random random)
    {
        var records = new Dictionary<string, object>[200];
        for (int i = 0; i < records.Length; i++)
        {
            string code = $"{(char)('A' + i / 26)}{(char)('A' + i % 26)}";
            records[i] = new(StringComparer.Ordinal) { ["country"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["geoname_id"] = (uint)i, ["iso_code"] = code } };
        }
        var writer = new MaxMindWriter(24, 6);
        for (int i = 0; i < Networks; i++)
        {
            int length = random.Next(12, 25);
            uint bits = (uint)random.Next() << 1 & uint.MaxValue << (32 - length);
            writer.Add(new IPNetwork(new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]), length), records[random.Next(records.Length)]);
        }
        return writer.Build();
    }
}
