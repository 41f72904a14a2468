using System.Text;

namespace FastCanary.Http.Tests;

/// <summary>A message costs no managed memory once its pooled objects are warm.</summary>
public sealed class AllocationTests
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "GET http://t.test/a?b HTTP/1.1\r\nHost: t.test\r\nConnection: keep-alive, X-A, Upgrade\r\nUpgrade: websocket\r\nX-A: 1\r\nTrailer: X-T\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX-Request-ID: id-1\r\n"
        + string.Concat(Enumerable.Range(0, 60).Select(i => $"X-{i}: v\r\n")) + "\r\n");

    private static readonly byte[] Refused = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: t.test\r\nHost: t.test\r\n\r\n");

    private static readonly byte[] Response = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: keep-alive, X-A\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n");

    private static readonly byte[] Body = Encoding.ASCII.GetBytes("5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n");

    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private readonly byte[] _destination = new byte[8192];

    [Fact]
    public void Parsing_and_writing_allocates_nothing()
    {
        for (int i = 0; i < 3; i++) Exchange();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Exchange();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Exchange()
    {
        _request.Reset(RequestRun.Limits);
        for (int length = 1; length < Request.Length; length += 7) _request.Parse(Request.AsSpan(0, length));
        if (_request.Parse(Request) != ParseStatus.Done) Assert.Fail("The request is refused.");
        _request.Remove(Request, "x-flag"u8);
        _request.Remove(Request, "x-7"u8);
        var forwarding = new RequestForwarding
        {
            ClientAddress = "192.0.2.33"u8,
            TrustForwarded = true,
            Forwarded = ForwardedTreatment.Append,
            RequestId = "id-2"u8,
            OwnFields = "X-Flag: on\r\n"u8,
        };
        RequestHeadWriter.Write(_request, Request, forwarding, _destination);
        var decoder = new ChunkedDecoder(dataOnly: false, _request.AnnouncedTrailers);
        for (int at = 0; at < Body.Length;)
        {
            decoder.Next(Body.AsSpan(at), out int consumed, out _);
            at += consumed;
        }

        _response.Reset(RequestRun.Limits, _request.Method, _request.WantsUpgrade);
        if (_response.Parse(Response) != ParseStatus.Done) Assert.Fail("The response is refused.");
        var answer = new ResponseForwarding { Framing = BodyFraming.Chunked, VersionName = "v2"u8, RequestId = "id-2"u8, OwnFields = "X-Canary-Rescued: 1\r\n"u8 };
        ResponseHeadWriter.Write(_response, Response, answer, _destination);

        _request.Reset(RequestRun.Limits);
        if (_request.Parse(Refused) != ParseStatus.Invalid) Assert.Fail("The request is taken.");
        Span<byte> date = stackalloc byte[HttpDate.Bytes];
        HttpDate.Write(784111777, date);
        OwnResponse.Write(HttpFaults.StatusOf(_request.Fault), HttpFaults.TextOf(_request.Fault), date, "id"u8, close: true, headOnly: false, _destination);
    }
}
