using System.Net;
using System.Text;
using FastCanary.Http;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

/// <summary>A parsed request for tests, with the client's address.</summary>
internal sealed class SampleRequest
{
    private static readonly HeadLimits Limits = new(LineBytesMax: 256 * 1024, HeadBytesMax: 256 * 1024, FieldsMax: 1000);

    private readonly RequestHead _head = new();
    private readonly byte[] _bytes;
    private readonly byte[] _address;
    private readonly CountryDatabase? _countries;

    public SampleRequest(string line, string[] fields, string address = "", CountryDatabase? countries = null)
    {
        // An empty line before the head: offsets do not count from the request line.
        _bytes = Encoding.UTF8.GetBytes("\r\n" + line + "\r\n" + string.Concat(fields.Select(field => field + "\r\n")) + "\r\n");
        _address = address.Length == 0 ? [] : IPAddress.Parse(address).GetAddressBytes();
        _countries = countries;
        _head.Reset(Limits);
        Assert.Equal((ParseStatus.Done, HttpFault.None), (_head.Parse(_bytes), _head.Fault));
    }

    public RequestView View => new() { Head = _head, Bytes = _bytes, ClientAddress = _address, Countries = _countries };

    /// <summary>A GET of HTTP/1.1 for /.</summary>
    public static SampleRequest With(params string[] fields) => new("GET / HTTP/1.1", ["Host: t.test", .. fields]);

    /// <summary>A GET of HTTP/1.1 for this target.</summary>
    public static SampleRequest For(string target) => new($"GET {target} HTTP/1.1", ["Host: t.test"]);
}
