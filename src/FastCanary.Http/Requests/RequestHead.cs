namespace FastCanary.Http;

/// <summary>
/// The head of one request: parsed in place, validated, framed (RFC 9112 sections 2 to 6). Pooled and used again for the next message;
/// it holds offsets into the caller's buffer and never the bytes, so every range is read with the same buffer, wherever that is by then.
/// Used from one thread at a time. What two parsers could read differently is refused, never repaired.
/// </summary>
public sealed partial class RequestHead
{
    private FieldSection _fields;
    private ConnectionOptions _connection;
    private HeadLimits _limits;
    private RequestState _state;
    private int _lineStart;
    private int _tokenStart;
    private int _position;
    private int _emptyLines;
    private bool _upgradeRefused;
    private ByteRange _hostValue;

    /// <summary>An unreset head refuses nothing and has no room: <see cref="Reset"/> it before the first message.</summary>
    public RequestHead() => Reset(default);

    /// <summary>Whether a byte other than the tolerated empty lines before the request line was seen: whether a request has begun.</summary>
    public bool HasStarted => _state > RequestState.Start;

    /// <summary>On <see cref="ParseStatus.Invalid"/>: why. The connection has no next message then.</summary>
    public HttpFault Fault { get; private set; }

    /// <summary>On <see cref="ParseStatus.Done"/>: the bytes of the head, tolerated empty lines and the final CRLF included. The body begins there.</summary>
    public int Length { get; private set; }

    /// <summary>The method, when it is one of the known ones.</summary>
    public HttpMethod Method { get; private set; }

    /// <summary>The method's token as received.</summary>
    public ByteRange MethodName { get; private set; }

    /// <summary>The request target as received, in any of its forms (RFC 9112 section 3.2).</summary>
    public ByteRange Target { get; private set; }

    /// <summary>The path of an origin-form or absolute-form target, without the query and undecoded; empty for an absolute-form without a path, <c>*</c> for the asterisk-form.</summary>
    public ByteRange Path { get; private set; }

    /// <summary>What follows the target's first question mark; empty when there is none.</summary>
    public ByteRange Query { get; private set; }

    /// <summary>The authority the request is for: of an absolute-form target, else the Host value; empty for HTTP/1.0 without Host. It is valid: uri-host [":" port].</summary>
    public ByteRange Authority => TargetAuthority.IsEmpty ? _hostValue : TargetAuthority;

    /// <summary>0 or 1; a higher minor version is processed as 1 (RFC 9110 section 2.5).</summary>
    public int MinorVersion { get; private set; }

    /// <summary>How the body ends: None, Length or Chunked.</summary>
    public BodyFraming Framing { get; private set; }

    /// <summary>The bytes of the body when <see cref="Framing"/> is Length, else 0.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Whether the client wants the connection to stay open: by version and Connection (RFC 9112 section 9.3).</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1); never with HTTP/1.0.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>
    /// Whether the client asks to switch protocols (RFC 9110 section 7.8): HTTP/1.1 with Connection: upgrade and a well-formed Upgrade without HTTP/2 in it.
    /// An upgrade that is not wanted in this sense is dropped, and the request goes on as an ordinary one.
    /// </summary>
    public bool WantsUpgrade { get; private set; }

    /// <summary>The hops left, for OPTIONS only (RFC 9110 section 7.6.2); -1 when absent or for other methods. At 0 the request is answered, not forwarded.</summary>
    public int MaxForwards { get; private set; }

    /// <summary>The value of X-Request-ID as received, when there is exactly one such line; else empty. Whether it may be kept is not judged here.</summary>
    public ByteRange RequestIdValue { get; private set; }

    /// <summary>The trailer fields that the request announces; what a <see cref="ChunkedDecoder"/> for its body may forward.</summary>
    public AnnouncedTrailers AnnouncedTrailers { get; private set; }

    /// <summary>Whether there is a Trailer field (RFC 9110 section 6.6.2).</summary>
    public bool HasTrailerField => _fields.Present.Has(FieldName.Trailer);

    /// <summary>How many field lines there are.</summary>
    public int FieldCount => _fields.Count;

    /// <summary>The authority of an absolute-form target; empty for the other forms.</summary>
    internal ByteRange TargetAuthority { get; private set; }

    /// <summary>Whether the target is absolute-form.</summary>
    internal bool IsAbsoluteForm => !TargetAuthority.IsEmpty;

    /// <summary>The offset of the next byte to look at: shows that no byte is scanned twice however the head is cut.</summary>
    internal int Position => _state == RequestState.Fields ? _fields.Position : _position;

    internal ref readonly FieldSection Fields => ref _fields;

    /// <summary>The name of a field line.</summary>
    /// <param name="index">From 0 to <see cref="FieldCount"/> - 1, in the order received.</param>
    public ByteRange FieldNameAt(int index)
    {
        FieldLine line = _fields.Lines[index];
        return new ByteRange(line.Start, line.NameLength);
    }

    /// <summary>The value of a field line, without the white space around it.</summary>
    /// <param name="index">From 0 to <see cref="FieldCount"/> - 1, in the order received.</param>
    public ByteRange FieldValueAt(int index) => _fields.Lines[index].Value;

    /// <summary>The index of the first field line at or after <paramref name="from"/> with this name in any case (RFC 9110 section 5.1), or -1.</summary>
    /// <param name="buffer">The bytes the head was parsed from.</param>
    /// <param name="name">The field's name, ASCII.</param>
    /// <param name="from">The index to begin at; pass the last result + 1 to walk over repeated lines.</param>
    public int FindField(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name, int from = 0) => _fields.Find(buffer, name, from);

    /// <summary>
    /// Makes every line of this name one that is not forwarded, underscored spellings and all, as if a connection option had named it: fields that say where
    /// the message ends, where it goes, who sent it, which one it is and what it waits for stay. The lines can still be read here. Doing it again changes nothing.
    /// </summary>
    /// <param name="buffer">The bytes the head was parsed from.</param>
    /// <param name="foldedLowerCaseName">The field's name in lower case, with hyphens for underscores.</param>
    public void Remove(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> foldedLowerCaseName) => _fields.Remove(buffer, foldedLowerCaseName);

    /// <summary>Forgets the last message. Called before each message, with the limits that hold for it.</summary>
    public void Reset(HeadLimits limits)
    {
        _fields.Reset(limits.FieldsMax);
        _connection = default;
        _limits = limits;
        _state = RequestState.Start;
        _lineStart = _tokenStart = _position = _emptyLines = 0;
        _upgradeRefused = false;
        RequestIdValue = _hostValue = MethodName = Target = Path = Query = TargetAuthority = default;
        Fault = HttpFault.None;
        Length = 0;
        Method = HttpMethod.Other;
        MinorVersion = 1;
        Framing = BodyFraming.None;
        ContentLength = 0;
        MaxForwards = -1;
        KeepAlive = ExpectsContinue = WantsUpgrade = false;
        AnnouncedTrailers = default;
    }

    /// <summary>
    /// Reads the head from where the last call stopped. A head costs the same in one piece as byte by byte, and the answer is the same:
    /// every limit counts the message's bytes, not those at hand.
    /// </summary>
    /// <param name="buffer">All bytes of the message so far; the first is the first after the previous message. After NeedMore: the same bytes and more.</param>
    public ParseStatus Parse(ReadOnlySpan<byte> buffer)
    {
        if (_state < RequestState.Fields)
        {
            ParseStatus line = ParseLine(buffer);
            if (line != ParseStatus.Done) return line;
        }

        if (_state == RequestState.Fields) return ParseFields(buffer);
        return _state == RequestState.Done ? ParseStatus.Done : ParseStatus.Invalid;
    }

    private ParseStatus Refuse(HttpFault fault)
    {
        Fault = fault;
        _state = RequestState.Invalid;
        return ParseStatus.Invalid;
    }
}
