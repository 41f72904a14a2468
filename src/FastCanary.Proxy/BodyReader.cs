using FastCanary.Http;

namespace FastCanary.Proxy;

/// <summary>
/// Where a body is: how far it has come, what of the bytes in hand belongs to it, what of those is sent on. The same for requests and
/// responses, without I/O.
/// </summary>
internal struct BodyReader
{
    private ChunkedDecoder _chunks;
    private long _left;
    private long _seen;

    private BodyReader(BodyFraming framing, long length, ChunkedDecoder chunks)
    {
        Framing = framing;
        _left = length;
        _chunks = chunks;
        IsDone = framing == BodyFraming.None || (framing == BodyFraming.Length && length == 0);
    }

    public BodyFraming Framing { get; }

    /// <summary>All of the body was seen.</summary>
    public bool IsDone { get; private set; }

    public readonly HttpFault Fault => _chunks.Fault;

    /// <summary>Bytes of the body's data so far.</summary>
    public readonly long BodyBytes => Framing == BodyFraming.Chunked ? _chunks.BodyBytes : _seen;

    /// <summary>Bytes that are next, belong to the body and are sent on as they are, whatever they hold: what may pass without being looked at.</summary>
    public readonly long OpaqueBytes => Framing switch
    {
        BodyFraming.Length => _left,
        BodyFraming.Chunked => _chunks.ChunkRemaining,
        BodyFraming.UntilClose when !IsDone => long.MaxValue,
        _ => 0,
    };

    public static BodyReader None => new(BodyFraming.None, 0, default);

    /// <param name="head">The request's.</param>
    /// <param name="dropsTrailers">No trailer field is sent on, announced or not; RFC 9110, 6.5.1, allows that.</param>
    public static BodyReader OfRequest(RequestHead head, bool dropsTrailers = false) =>
        new(head.Framing, head.ContentLength, head.Framing == BodyFraming.Chunked ? new ChunkedDecoder(dataOnly: false, dropsTrailers ? default : head.AnnouncedTrailers) : default);

    /// <param name="dataOnly">The client takes no chunks: only their data is sent on.</param>
    public static BodyReader OfResponse(ResponseHead head, bool dataOnly) =>
        new(head.Framing, head.ContentLength, head.Framing == BodyFraming.Chunked ? new ChunkedDecoder(dataOnly, keepTrailers: true) : default);

    /// <summary>A close-delimited body is complete when its connection ends in order.</summary>
    public void EndAtClose() => IsDone = true;

    /// <summary>Accounts for bytes that went on without passing through <see cref="Next"/>.</summary>
    /// <param name="bytes">At most <see cref="OpaqueBytes"/>.</param>
    public void TakeOpaque(int bytes)
    {
        if (Framing == BodyFraming.Chunked)
        {
            _chunks.TakeData(bytes);
            return;
        }

        _seen += bytes;
        if (Framing != BodyFraming.Length) return;
        _left -= bytes;
        IsDone = _left == 0;
    }

    /// <summary>Takes what it can from <paramref name="input"/>.</summary>
    /// <param name="input">The next bytes of the connection.</param>
    /// <param name="consumed">Bytes that are done with.</param>
    /// <param name="forward">Those of them that are sent on as they are.</param>
    /// <returns>Done: the body ended at <paramref name="consumed"/>. NeedMore: with the rest of the input if something was consumed, else with more.</returns>
    public ParseStatus Next(ReadOnlySpan<byte> input, out int consumed, out ByteRange forward)
    {
        switch (Framing)
        {
            case BodyFraming.Chunked:
                var status = _chunks.Next(input, out consumed, out forward);
                IsDone = status == ParseStatus.Done;
                return status;

            case BodyFraming.Length:
                consumed = (int)Math.Min(_left, input.Length);
                forward = new ByteRange(0, consumed);
                _left -= consumed;
                _seen += consumed;
                IsDone = _left == 0;
                return IsDone ? ParseStatus.Done : ParseStatus.NeedMore;

            case BodyFraming.UntilClose:
                consumed = input.Length;
                forward = new ByteRange(0, consumed);
                _seen += consumed;
                return ParseStatus.NeedMore;

            default:
                consumed = 0;
                forward = default;
                return ParseStatus.Done;
        }
    }
}
