namespace FastCanary.Http;

/// <content>Size lines, the line ends around data, and the end: RFC 9112 sections 7.1 and 7.1.1.</content>
public partial struct ChunkedDecoder
{
    /// <summary>Digits of the largest size that fits; leading zeros count.</summary>
    private const int SizeDigitsMax = 16;

    /// <summary>
    /// Bytes of size lines that a body may have beyond 16 and twice the data per chunk (Go's net/http bound): a stream of one-byte chunks passes
    /// however long it is, one of one-byte chunks with long extensions does not.
    /// </summary>
    private const int ExcessBytesMax = 16 * 1024;

    private const int ExcessBytesPerChunk = 16;

    /// <summary>Chunks below 256 MiB; such a line is always within the allowance of its chunk.</summary>
    private const int PlainDigitsMax = 7;

    /// <summary>
    /// Takes what most chunks have between their data in two steps instead of byte by byte: the CRLF behind data, and a size line of at most
    /// <see cref="PlainDigitsMax"/> digits and a CRLF. Anything else, and anything cut, goes byte by byte, to the same result.
    /// </summary>
    private ChunkedPiece LookAtPlainFraming(ReadOnlySpan<byte> rest)
    {
        if (_state == ChunkedState.DataCr)
        {
            return rest.StartsWith("\r\n"u8) ? new ChunkedPiece(2, !_dataOnly, ChunkedState.Size) : LookAtFraming(rest[0]);
        }

        long size = 0;
        int digits = 0;
        while (digits < rest.Length && digits <= PlainDigitsMax && HexValue(rest[digits]) is >= 0 and int digit)
        {
            size = (size << 4) | (long)digit;
            digits++;
        }

        if (digits is 0 or > PlainDigitsMax || _excess != 0 || !rest[digits..].StartsWith("\r\n"u8)) return LookAtFraming(rest[0]);
        _size = size;
        return new ChunkedPiece(digits + 2, !_dataOnly, size == 0 ? ChunkedState.TrailerStart : ChunkedState.Data);
    }

    private ChunkedPiece LookAtFraming(byte value)
    {
        ChunkedState next = StateAfter(value);
        if (next == ChunkedState.Invalid) return Refuse(FaultOf(_state));
        if (next == ChunkedState.SizeDigits && !FitsAnotherDigit(value)) return Refuse(HttpFault.BadChunkSize);
        if (_state <= ChunkedState.SizeLf && _excess >= ExcessBytesMax) return Refuse(HttpFault.BadChunkExtension);
        bool isExtension = next is >= ChunkedState.ExtensionGap and <= ChunkedState.ExtensionQuotedEnd;
        return new ChunkedPiece(1, !_dataOnly && !isExtension, next);
    }

    private readonly bool FitsAnotherDigit(byte digit) =>
        _digits < SizeDigitsMax && (_digits < SizeDigitsMax - 1 || _size <= long.MaxValue >> 4) && HexValue(digit) >= 0;

    private void TakeSizeLine(ChunkedState next, byte value)
    {
        _excess++;
        if (next == ChunkedState.SizeDigits)
        {
            _size = _state == ChunkedState.Size ? HexValue(value) : (_size << 4) | (long)HexValue(value);
            _digits = _state == ChunkedState.Size ? (byte)1 : (byte)(_digits + 1);
        }
        else if (_state == ChunkedState.SizeLf)
        {
            long allowance = ExcessBytesPerChunk + (2 * Math.Min(_size, ExcessBytesMax));
            _excess = (int)Math.Max(0, _excess - allowance);
            _digits = 0;
        }
    }

    private readonly ChunkedState StateAfter(byte value)
    {
        bool isGap = value is ByteSets.Space or ByteSets.Tab;
        switch (_state)
        {
            case ChunkedState.Size:
                return HexValue(value) >= 0 ? ChunkedState.SizeDigits : ChunkedState.Invalid;
            case ChunkedState.SizeDigits:
                return HexValue(value) >= 0 ? ChunkedState.SizeDigits : AfterWord(value);
            case ChunkedState.ExtensionGap:
                if (isGap) return ChunkedState.ExtensionGap;
                return value == (byte)';' ? ChunkedState.ExtensionStart : ChunkedState.Invalid;
            case ChunkedState.ExtensionStart:
                if (isGap) return ChunkedState.ExtensionStart;
                return ByteSets.IsToken(value) ? ChunkedState.ExtensionName : ChunkedState.Invalid;
            case ChunkedState.ExtensionName:
                if (ByteSets.IsToken(value)) return ChunkedState.ExtensionName;
                if (value == (byte)'=') return ChunkedState.ExtensionValueStart;
                return isGap ? ChunkedState.ExtensionNameGap : AfterWord(value);
            case ChunkedState.ExtensionNameGap:
                if (isGap) return ChunkedState.ExtensionNameGap;
                if (value == (byte)'=') return ChunkedState.ExtensionValueStart;
                return value == (byte)';' ? ChunkedState.ExtensionStart : ChunkedState.Invalid;
            case ChunkedState.ExtensionValueStart:
                if (isGap) return ChunkedState.ExtensionValueStart;
                if (value == (byte)'"') return ChunkedState.ExtensionQuoted;
                return ByteSets.IsToken(value) ? ChunkedState.ExtensionToken : ChunkedState.Invalid;
            case ChunkedState.ExtensionToken:
                return ByteSets.IsToken(value) ? ChunkedState.ExtensionToken : AfterWord(value);
            case ChunkedState.ExtensionQuoted:
                if (value == (byte)'"') return ChunkedState.ExtensionQuotedEnd;
                if (value == (byte)'\\') return ChunkedState.ExtensionQuotedPair;
                return IsQuotable(value) ? ChunkedState.ExtensionQuoted : ChunkedState.Invalid;
            case ChunkedState.ExtensionQuotedPair:
                return IsQuotable(value) ? ChunkedState.ExtensionQuoted : ChunkedState.Invalid;
            case ChunkedState.ExtensionQuotedEnd:
                return AfterWord(value);
            case ChunkedState.SizeLf:
                if (value != ByteSets.Lf) return ChunkedState.Invalid;
                return _size == 0 ? ChunkedState.TrailerStart : ChunkedState.Data;
            case ChunkedState.DataCr:
                return value == ByteSets.Cr ? ChunkedState.DataLf : ChunkedState.Invalid;
            case ChunkedState.DataLf:
                return value == ByteSets.Lf ? ChunkedState.Size : ChunkedState.Invalid;
            case ChunkedState.TrailerStart:
                return value == ByteSets.Cr ? ChunkedState.EndLf : ChunkedState.Invalid;
            default:
                return value == ByteSets.Lf ? ChunkedState.Done : ChunkedState.Invalid;
        }
    }

    /// <summary>What may follow a size or an extension: the line's end, another extension, or white space before one.</summary>
    private static ChunkedState AfterWord(byte value) => value switch
    {
        ByteSets.Cr => ChunkedState.SizeLf,
        (byte)';' => ChunkedState.ExtensionStart,
        ByteSets.Space or ByteSets.Tab => ChunkedState.ExtensionGap,
        _ => ChunkedState.Invalid,
    };

    private static HttpFault FaultOf(ChunkedState state) => state switch
    {
        ChunkedState.Size or ChunkedState.SizeDigits => HttpFault.BadChunkSize,
        < ChunkedState.SizeLf => HttpFault.BadChunkExtension,
        _ => HttpFault.BadChunkEnd,
    };

    /// <summary>HTAB, SP, visible ASCII and obs-text (RFC 9110 section 5.6.4): no control byte can hide in quotes.</summary>
    private static bool IsQuotable(byte value) => value is ByteSets.Tab or (>= ByteSets.Space and not 0x7F);

    /// <summary>0 to 15, or -1.</summary>
    private static int HexValue(byte value)
    {
        int digit = value - '0';
        if ((uint)digit <= 9) return digit;
        int letter = (value | 0x20) - 'a';
        return (uint)letter <= 5 ? letter + 10 : -1;
    }
}
