namespace FastCanary.Http;

/// <summary>
/// The head of one response, interim ones too: parsed in place, validated, and framed by the request it answers (RFC 9112 sections 4 to 6).
/// Pooled and used again; it holds offsets into the caller's buffer and never the bytes. Any fault means: a 502 to the client, and the upstream connection is closed.
/// </summary>
public sealed partial class ResponseHead
{
    private FieldSection _fields;
    private ConnectionOptions _connection;
    private HeadLimits _limits;
    private ResponseState _state;
    private int _position;
    private HttpMethod _requestMethod;
    private bool _upgradeRequested;
    private bool _upgradeRefused;

    /// <summary>An unreset head has no room: <see cref="Reset"/> it before the first response.</summary>
    public ResponseHead() => Reset(default, HttpMethod.Other, upgradeRequested: false);

    /// <summary>On <see cref="ParseStatus.Invalid"/>: why.</summary>
    public HttpFault Fault { get; private set; }

    /// <summary>On <see cref="ParseStatus.Done"/>: the bytes of the head, its final CRLF included.</summary>
    public int Length { get; private set; }

    /// <summary>100 to 599.</summary>
    public int Status { get; private set; }

    /// <summary>0 or 1; a higher minor version is processed as 1 (RFC 9110 section 2.5).</summary>
    public int MinorVersion { get; private set; }

    /// <summary>Whether the response precedes the final one: a 1xx other than 101 (RFC 9110 section 15.2).</summary>
    public bool IsInterim => Status is < 200 and not 101;

    /// <summary>A 101 that was asked for: behind it, the connection is a tunnel.</summary>
    public bool IsUpgrade => Status == 101;

    /// <summary>How the body ends (RFC 9112 section 6.3): None for HEAD, 1xx, 204 and 304.</summary>
    public BodyFraming Framing { get; private set; }

    /// <summary>The bytes of the body when <see cref="Framing"/> is Length, else 0.</summary>
    public long ContentLength { get; private set; }

    /// <summary>
    /// Whether the upstream connection may be used again once this response is complete: by version and Connection (RFC 9112 section 9.3), and only when
    /// no other reader of the head could find a body of another length.
    /// </summary>
    public bool KeepAlive { get; private set; }

    /// <summary>How many field lines there are.</summary>
    public int FieldCount => _fields.Count;

    /// <summary>The reason phrase; possibly empty.</summary>
    internal ByteRange Reason { get; private set; }

    internal int Position => _state == ResponseState.Fields ? _fields.Position : _position;

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

    /// <summary>The index of the first field line at or after <paramref name="from"/> with this name in any case, or -1.</summary>
    /// <param name="buffer">The bytes the head was parsed from.</param>
    /// <param name="name">The field's name, ASCII.</param>
    /// <param name="from">The index to begin at.</param>
    public int FindField(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name, int from = 0) => _fields.Find(buffer, name, from);

    /// <summary>Forgets the last response. Called before each, interim ones too.</summary>
    /// <param name="limits">What holds for this head.</param>
    /// <param name="requestMethod">The method of the request that is answered.</param>
    /// <param name="upgradeRequested">Whether the request went upstream with an Upgrade.</param>
    public void Reset(HeadLimits limits, HttpMethod requestMethod, bool upgradeRequested)
    {
        _fields.Reset(limits.FieldsMax);
        _connection = default;
        _limits = limits;
        _state = ResponseState.Line;
        _position = 0;
        _requestMethod = requestMethod;
        _upgradeRequested = upgradeRequested;
        _upgradeRefused = false;
        Fault = HttpFault.None;
        Length = Status = 0;
        MinorVersion = 1;
        Reason = default;
        Framing = BodyFraming.None;
        ContentLength = 0;
        KeepAlive = false;
    }

    /// <summary>Reads the head from where the last call stopped, as <see cref="RequestHead.Parse"/> does.</summary>
    /// <param name="buffer">All bytes of the response so far; the first is its first. After NeedMore: the same bytes and more.</param>
    public ParseStatus Parse(ReadOnlySpan<byte> buffer)
    {
        if (_state == ResponseState.Line)
        {
            ParseStatus line = ParseLine(buffer);
            if (line != ParseStatus.Done) return line;
        }

        if (_state == ResponseState.Fields) return ParseFields(buffer);
        return _state == ResponseState.Done ? ParseStatus.Done : ParseStatus.Invalid;
    }

    private ParseStatus Refuse(HttpFault fault)
    {
        Fault = fault;
        _state = ResponseState.Invalid;
        return ParseStatus.Invalid;
    }
}
