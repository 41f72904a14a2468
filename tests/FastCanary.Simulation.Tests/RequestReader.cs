using System.Buffers;
using System.Globalization;
using System.Text;

namespace FastCanary.Simulation.Tests;

/// <summary>
/// What an origin reads, by the narrowest reading of RFC 9112 and without any code of the proxy's. Whatever differs from what the client meant is a broken law.
/// </summary>
internal sealed class RequestReader(Func<int, RequestPlan?> find, Action<string> broken)
{
    private static readonly SearchValues<char> NoTokens = SearchValues.Create(" \t\"(),/;<=>?@[\\]{}");

    // A slash and six digits.
    private const int TokenEnds = 7;

    private readonly List<byte> _line = [];
    private bool _lineWasRead;
    private State _state;
    private long _left;
    private long _bodyBytes;

    private enum State
    {
        Head,
        Length,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        Broken,
    }

    /// <summary>The first byte of a request.</summary>
    public Action? Begins { get; set; }

    /// <summary>It is known which request it is.</summary>
    public Action<RequestPlan>? Named { get; set; }

    public Action<RequestPlan>? HeadEnds { get; set; }

    public Action<RequestPlan>? Ends { get; set; }

    /// <summary>Bytes read so far.</summary>
    public long Offset { get; private set; }

    public RequestPlan? Current { get; private set; }

    /// <summary>Of the last head that was read.</summary>
    public Dictionary<string, string> Fields { get; private set; } = [];

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _state != State.Broken)
        {
            var count = _state is State.Length or State.ChunkData ? ReadData(bytes) : ReadByte(bytes[0]);
            bytes = bytes[count..];
        }
    }

    private int ReadData(ReadOnlySpan<byte> bytes)
    {
        var count = (int)Math.Min(_left, bytes.Length);
        if (!Pattern.Matches(bytes[..count], Current!.Token, Pattern.Request, _bodyBytes)) Break($"law 2: a body differs from what its client sent, within {count} bytes from {_bodyBytes}");
        _bodyBytes += count;
        _left -= count;
        Offset += count;
        if (_left > 0) return count;
        if (_state == State.Length) End();
        else if (_state == State.ChunkData) _state = State.ChunkEnd;
        return count;
    }

    private int ReadByte(byte next)
    {
        if (_state == State.Head && _line.Count == 0) Begins?.Invoke();
        Offset++;
        _line.Add(next);
        if (_state == State.Head && Current is null && _line.Count >= TokenEnds) Name();
        if (next != (byte)'\n') return 1;
        if (_line.Count < 2 || _line[^2] != (byte)'\r')
        {
            Break("law 1: a line ends in a bare LF");
            return 1;
        }

        if (_state == State.Head) ReadHeadLine();
        else if (_state == State.ChunkSize) ReadChunkSize(TakeLine());
        else if (_state == State.ChunkEnd) ReadChunkEnd(TakeLine());
        else ReadTrailer(TakeLine());
        return 1;
    }

    // Which request it is shows before its line is complete: also of one that breaks off there.
    private void Name()
    {
        var space = _line.IndexOf((byte)' ');
        if (space < 0 || _line.Count != space + 1 + TokenEnds) return;
        if (_line[space + 1] != (byte)'/'
            || !int.TryParse(Encoding.Latin1.GetString([.. _line], space + 2, TokenEnds - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var token)
            || find(token) is not { } plan)
        {
            Break($"law 1: not a request line that a client has sent: {Encoding.Latin1.GetString([.. _line])}");
            return;
        }

        Current = plan;
        Named?.Invoke(plan);
    }

    private void ReadHeadLine()
    {
        if (!_lineWasRead)
        {
            _lineWasRead = true;
            ReadRequestLine(Encoding.Latin1.GetString([.. _line]));
        }
        else if (_line.Count >= 4 && _line[^4] == (byte)'\r' && _line[^3] == (byte)'\n')
        {
            ReadHead(TakeLine());
        }
    }

    private void ReadRequestLine(string line)
    {
        var parts = line[..^2].Split(' ');
        if (Current is not { } plan || parts.Length != 3 || parts[2] != "HTTP/1.1") Break($"law 1: not a request line that a client has sent: {line}");
        else if (parts[0] != plan.Method || parts[1] != plan.Target) Break($"law 1: {line} was {plan.Method} {plan.Target}");
    }

    private void ReadHead(string head)
    {
        var plan = Current!;
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in head.Split("\r\n").Skip(1))
        {
            if (line.Length == 0) continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(NoTokens) || line.Any(each => each is < ' ' and not '\t' or (char)127))
            {
                Break($"law 1: not a field line: {line}");
                return;
            }

            if (!fields.TryAdd(line[..colon], line[(colon + 1)..].Trim(' ', '\t'))) Break($"law 1: twice: {line}");
        }

        if (plan.HeadIsMalformed) Break($"law 1: a malformed request was passed on ({plan.Malformation})");
        if (plan.IsSmuggled) Break("law 1: a smuggled request was passed on");
        if (fields.GetValueOrDefault("Host") != Run.Host) Break("law 1: the Host is not the client's");
        if (fields.GetValueOrDefault("X-Token") != plan.Token.ToString("x6", CultureInfo.InvariantCulture)) Break("law 2: the token of another request");
        if (fields.ContainsKey("X-Hop") || fields.ContainsKey("Connection") || fields.ContainsKey("Keep-Alive")) Break("law 1: a hop-by-hop field was passed on");
        if ((fields.GetValueOrDefault("X-Padding")?.Length ?? 0) != plan.PaddingBytes) Break("law 1: a field's value was changed");
        var length = fields.GetValueOrDefault("Content-Length");
        var coding = fields.GetValueOrDefault("Transfer-Encoding");
        var expectedLength = plan.Body == BodyKind.Length ? plan.BodyBytes.ToString(CultureInfo.InvariantCulture) : null;
        if (length != expectedLength || coding != (plan.Body == BodyKind.Chunked ? "chunked" : null))
        {
            Break($"law 1: framed by length {length}, coding {coding}; its client meant {plan.Body} {plan.BodyBytes}");
            return;
        }

        if (_state == State.Broken) return;
        Fields = fields;
        _bodyBytes = 0;
        HeadEnds?.Invoke(plan);
        if (plan.Body == BodyKind.Chunked)
        {
            _state = State.ChunkSize;
        }
        else
        {
            _left = plan.Body == BodyKind.Length ? plan.BodyBytes : 0;
            _state = State.Length;
            if (_left == 0) End();
        }
    }

    private void ReadChunkSize(string line)
    {
        var digits = line[..^2];
        if (digits.Length is 0 or > 15 || !digits.All(char.IsAsciiHexDigit))
        {
            Break($"law 1: not a chunk size: {line}");
            return;
        }

        _left = long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        _state = _left == 0 ? State.Trailer : State.ChunkData;
    }

    private void ReadChunkEnd(string line)
    {
        if (line.Length != 2) Break("law 1: a chunk does not end in CRLF");
        else _state = State.ChunkSize;
    }

    private void ReadTrailer(string line)
    {
        if (line.Length == 2) End();
        else if (!line.StartsWith("X-Sum:", StringComparison.OrdinalIgnoreCase)) Break($"law 1: a trailer that nobody announced: {line}");
    }

    private void End()
    {
        var plan = Current!;
        if (_bodyBytes != plan.BodyBytes) Break($"law 1: a body of {_bodyBytes} bytes, its client sent {plan.BodyBytes}");
        if (plan.Malformation != Malformation.None) Break($"law 1: a malformed request arrived whole ({plan.Malformation})");
        Current = null;
        _lineWasRead = false;
        if (_state == State.Broken) return;
        _state = State.Head;
        Ends?.Invoke(plan);
    }

    private string TakeLine()
    {
        var line = Encoding.Latin1.GetString([.. _line]);
        _line.Clear();
        return line;
    }

    private void Break(string what)
    {
        _state = State.Broken;
        broken(Current is null ? what : string.Create(CultureInfo.InvariantCulture, $"{what} [request {Current.Token:x6}]"));
    }
}
