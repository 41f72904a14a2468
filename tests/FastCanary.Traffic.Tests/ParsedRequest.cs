using System.Text;
using FastCanary.Http;

namespace FastCanary.Traffic.Tests;

/// <summary>A parsed request and its bytes, Latin-1.</summary>
internal sealed class ParsedRequest
{
    private readonly byte[] _bytes;
    private readonly byte[] _clientAddress;

    public ParsedRequest(string target, string[] fields, byte[]? clientAddress = null)
    {
        _bytes = Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: t.test\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");
        _clientAddress = clientAddress ?? [];
        Head.Reset(new HeadLimits(16 * 1024, 64 * 1024, 100));
        Assert.Equal(ParseStatus.Done, Head.Parse(_bytes));
    }

    public RequestHead Head { get; } = new();

    public ReadOnlySpan<byte> Bytes => _bytes;

    public RequestView View => new() { Head = Head, Bytes = _bytes, ClientAddress = _clientAddress, Countries = null };
}
