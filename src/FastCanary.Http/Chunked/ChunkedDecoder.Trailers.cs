namespace FastCanary.Http;

/// <content>The trailer section: RFC 9112 section 7.1.2, RFC 9110 section 6.5.</content>
public partial struct ChunkedDecoder
{
    private const int TrailerBytesMax = 8 * 1024;
    private const int TrailerNameBytesMax = 256;

    private ChunkedPiece LookAtTrailerName(ReadOnlySpan<byte> rest)
    {
        int more = rest[_nameBytes..].IndexOfAnyExcept(ByteSets.Token);
        _nameBytes = more < 0 ? rest.Length : _nameBytes + more;
        if (_nameBytes > TrailerNameBytesMax) return Refuse(HttpFault.BadTrailer);
        if (more < 0) return default;
        if (rest[_nameBytes] != (byte)':' || _nameBytes == 0) return Refuse(HttpFault.BadTrailer);
        int bytes = _nameBytes + 1;
        if (bytes > TrailerBytesMax - _trailerBytes) return Refuse(HttpFault.HeadTooLarge);

        ReadOnlySpan<byte> name = rest[.._nameBytes];
        bool isForbidden = TrailerNames.IsForbidden(name);
        if (isForbidden && _isRequest) return Refuse(HttpFault.ForbiddenTrailer);
        _keepsLine = !_dataOnly && !isForbidden && (_keepsHarmless || _announced.Contains(name));
        return new ChunkedPiece(bytes, _keepsLine, ChunkedState.TrailerValue);
    }

    /// <summary>The value of a trailer line goes on as it arrives: a fault further on ends the body without its end.</summary>
    private ChunkedPiece LookAtTrailerValue(ReadOnlySpan<byte> rest)
    {
        int room = TrailerBytesMax - _trailerBytes;
        if (room == 0) return Refuse(HttpFault.HeadTooLarge);
        if (_state == ChunkedState.TrailerLf)
            return rest[0] == ByteSets.Lf ? new ChunkedPiece(1, _keepsLine, ChunkedState.TrailerStart) : Refuse(HttpFault.BadTrailer);
        int bytes = rest.IndexOfAny(ByteSets.ValueStops);
        if (bytes < 0) bytes = rest.Length;
        if (bytes > 0) return new ChunkedPiece(Math.Min(bytes, room), _keepsLine, ChunkedState.TrailerValue);
        return rest[0] == ByteSets.Cr ? new ChunkedPiece(1, _keepsLine, ChunkedState.TrailerLf) : Refuse(HttpFault.BadTrailer);
    }
}
