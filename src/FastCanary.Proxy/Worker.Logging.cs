using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>What the loop writes about requests that have ended.</content>
internal sealed partial class Worker
{
    // Where a line is put together; made with the first one.
    private byte[]? _line;

    /// <summary>Decides whether a request is written about, and keeps what of its head that takes: the head is gone when its exchange ends.</summary>
    /// <param name="exchange">Its request is parsed, or as far as it could be.</param>
    /// <param name="received">The bytes that it was parsed from.</param>
    /// <param name="peer">Who the connection is from.</param>
    public void BeginLog(Exchange exchange, ReadOnlySpan<byte> received, in PeerAddress peer)
    {
        if (plane.AccessLog.Model is { } model && model.Takes(plane.AccessLog.Counter)) TakeForLog(exchange, received, peer, model);
    }

    private static void TakeForLog(Exchange exchange, ReadOnlySpan<byte> received, in PeerAddress peer, AccessLogModel model)
    {
        Span<byte> address = stackalloc byte[AddressBytesMax];
        Span<byte> client = stackalloc byte[AddressBytesMax];
        var length = ClientAddress.Find(exchange.Request, received, address[..peer.CopyTo(address)], exchange.Listener!.TrustedProxies, client);
        (exchange.LogEntry ??= new AccessLogEntry()).Take(exchange.Request, received, new PeerAddress(client[..length], 0), model.Query);
        exchange.IsLogged = true;
    }

    /// <summary>Writes about a request whose exchange has ended.</summary>
    private void Log(Exchange exchange)
    {
        exchange.IsLogged = false;
        if (plane.AccessLog.Model is not { } model) return;
        var line = new AccessLogLine
        {
            UnixMs = UnixMs,
            RequestId = exchange.RequestId.AsSpan(0, exchange.RequestIdLength),
            Status = exchange.Status,
            BytesIn = exchange.RequestBody.BodyBytes + exchange.TunnelBytesIn,
            BytesOut = exchange.ResponseBody.BodyBytes + exchange.OwnBodyBytes + exchange.TunnelBytesOut,
            DurationMicros = loop.NowMicros - exchange.StartedMicros,
            UpstreamMicros = exchange.ResponseStarted ? exchange.HeadMicros - exchange.StartedMicros : -1,
            Rule = exchange.Rule,
            Retries = exchange.Retries,
            Outcome = exchange.Outcome,
        };
        exchange.LogEntry!.Fill(ref line);
        if (exchange.Charged is { } charged)
        {
            line.Service = Cut(exchange.Service!.NameUtf8);
            line.Version = Cut(charged.NameUtf8);
            if (exchange.ResponseStarted && exchange.Version!.State != charged.State) line.ServedBy = Cut(exchange.Version.NameUtf8);
            if (exchange.Endpoint is { } endpoint) line.Endpoint = Cut(endpoint.AuthorityUtf8);
        }

        var destination = _line ??= GC.AllocateUninitializedArray<byte>(AccessLogLine.BytesMax);
        var length = model.Format == AccessLogFormat.Json ? JsonFormat.Write(line, destination) : CombinedFormat.Write(line, destination);
        plane.AccessLog.Buffers[index].Write(destination.AsSpan(0, length));
    }

    private static ReadOnlySpan<byte> Cut(byte[] name) => name.AsSpan(0, Math.Min(name.Length, AccessLogLine.NameBytesMax));
}
