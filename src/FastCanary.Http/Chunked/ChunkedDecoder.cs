using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>
/// Finds the end of a chunked body, strictly (RFC 9112 section 7.1), and says which of its bytes go on. It copies nothing: a body of plain chunks goes on as it came,
/// in one step per input. Chunk extensions and dropped trailers are left out. Resumable at any byte: the same bytes give the same answer however they are cut.
/// A fault leaves a body without its end on the other side, so nothing incomplete is ever made to look complete.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public partial struct ChunkedDecoder
{
    private readonly AnnouncedTrailers _announced;
    private readonly bool _dataOnly;
    private readonly bool _keepsHarmless;
    private readonly bool _isRequest;
    private long _size;
    private int _excess;
    private int _trailerBytes;
    private int _nameBytes;
    private ChunkedState _state;
    private byte _digits;
    private bool _keepsLine;

    /// <summary>For a response body: forbidden trailers are dropped, harmless ones kept if asked.</summary>
    /// <param name="dataOnly">Only chunk data goes on, for an HTTP/1.0 client: neither size lines nor trailers.</param>
    /// <param name="keepTrailers">Harmless trailers go on.</param>
    public ChunkedDecoder(bool dataOnly, bool keepTrailers)
    {
        _dataOnly = dataOnly;
        _keepsHarmless = keepTrailers;
    }

    /// <summary>For a request body: forbidden trailers are refused, announced harmless ones go on, the rest is dropped.</summary>
    /// <param name="dataOnly">Only chunk data goes on.</param>
    /// <param name="announced">The trailers that the head announces.</param>
    public ChunkedDecoder(bool dataOnly, AnnouncedTrailers announced)
    {
        _dataOnly = dataOnly;
        _announced = announced;
        _isRequest = true;
    }

    /// <summary>On <see cref="ParseStatus.Invalid"/>: why.</summary>
    public HttpFault Fault { get; private set; }

    /// <summary>Chunk data bytes seen so far.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Data bytes left of the current chunk: what may bypass the decoder, by <see cref="TakeData"/>; 0 outside chunk data.</summary>
    public readonly long ChunkRemaining => _state == ChunkedState.Data ? _size : 0;

    /// <summary>Accounts for data bytes of the current chunk that went on without passing through <see cref="Next"/>.</summary>
    /// <param name="bytes">From 0 to <see cref="ChunkRemaining"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many left: a bug of the caller's.</exception>
    public void TakeData(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)bytes, (ulong)ChunkRemaining, nameof(bytes));
        BodyBytes += bytes;
        _size -= bytes;
        if (_state == ChunkedState.Data && _size == 0) _state = ChunkedState.DataCr;
    }

    /// <summary>
    /// Advances over the input. Done: the body ended at <paramref name="consumed"/>. NeedMore: call again with the input behind <paramref name="consumed"/>, and more
    /// if that was 0; only the name of a trailer line (at most 256 bytes) is ever left unconsumed, to be seen whole. Invalid: <see cref="Fault"/> says why.
    /// </summary>
    /// <param name="input">Bytes of the body.</param>
    /// <param name="consumed">Bytes that are done with.</param>
    /// <param name="forward">Of those, the bytes to send on verbatim; possibly empty.</param>
    public ParseStatus Next(ReadOnlySpan<byte> input, out int consumed, out ByteRange forward)
    {
        int position = 0, runStart = 0, runEnd = 0;
        while (position < input.Length && _state < ChunkedState.Done)
        {
            ChunkedPiece piece = _state switch
            {
                ChunkedState.Data => new ChunkedPiece((int)Math.Min(_size, input.Length - position), Forwards: true, ChunkedState.Data),
                ChunkedState.DataCr or ChunkedState.Size => LookAtPlainFraming(input[position..]),
                _ => Look(input[position..]),
            };
            if (piece.Bytes == 0) break;
            if (piece.Forwards)
            {
                // What goes on is one stretch: bytes behind a gap wait for the next call.
                if (runEnd == runStart) runStart = position;
                else if (runEnd != position) break;
                runEnd = position + piece.Bytes;
            }

            Take(piece, input[position]);
            position += piece.Bytes;
        }

        consumed = position;
        forward = new ByteRange(runStart, runEnd - runStart);
        return _state switch
        {
            ChunkedState.Done => ParseStatus.Done,
            ChunkedState.Invalid => ParseStatus.Invalid,
            _ => ParseStatus.NeedMore,
        };
    }

    /// <summary>Judges the next bytes outside chunk data, and changes nothing that judging them again would change.</summary>
    private ChunkedPiece Look(ReadOnlySpan<byte> rest)
    {
        if (_state == ChunkedState.TrailerStart && rest[0] != ByteSets.Cr)
        {
            _state = ChunkedState.TrailerName;
            _nameBytes = 0;
        }

        return _state switch
        {
            ChunkedState.TrailerName => LookAtTrailerName(rest),
            ChunkedState.TrailerValue or ChunkedState.TrailerLf => LookAtTrailerValue(rest),
            _ => LookAtFraming(rest[0]),
        };
    }

    /// <summary>Accounts for bytes that were judged.</summary>
    private void Take(ChunkedPiece piece, byte first)
    {
        if (_state == ChunkedState.Data)
        {
            TakeData(piece.Bytes);
            return;
        }

        // A plain size line was taken as a whole, and needs none of its excess counted: it is within the allowance of a chunk.
        if (_state <= ChunkedState.SizeLf && piece.Bytes == 1) TakeSizeLine(piece.Next, first);
        else if (_state is >= ChunkedState.TrailerName and <= ChunkedState.TrailerLf) _trailerBytes += piece.Bytes;
        _state = piece.Next;
    }

    private ChunkedPiece Refuse(HttpFault fault)
    {
        Fault = fault;
        _state = ChunkedState.Invalid;
        return default;
    }
}
