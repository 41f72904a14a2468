using System.Globalization;
using System.Text;

namespace FastCanary.Simulation.Tests;

/// <summary>What a client reads, by the plainest reading of RFC 9112 and without any code of the proxy's.</summary>
internal sealed class ResponseReader(Func<RequestPlan?> expected, Action<string> broken)
{
    private readonly List<byte> _line = [];
    private State _state;
    private Dictionary<string, string> _fields = [];
    private long _left;

    private enum State
    {
        Head,
        Length,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        UntilClose,
        Broken,
    }

    /// <summary>A 1xx was read.</summary>
    public Action<RequestPlan>? Interim { get; set; }

    /// <summary>A final head was read.</summary>
    public Action<RequestPlan>? HeadEnds { get; set; }

    /// <summary>The response's framing says that it is complete.</summary>
    public Action<RequestPlan>? Ends { get; set; }

    /// <summary>Nothing of a response was read that is not complete.</summary>
    public bool IsBetween => _state == State.Head && _line.Count == 0;

    public int Status { get; private set; }

    /// <summary>The proxy's own words, not an origin's.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>The body of the proxy's own answer, as far as it was read.</summary>
    public string OwnText { get; private set; } = "";

    public bool Closes { get; private set; }

    public long BodyBytes { get; private set; }

    /// <summary>Which try of the request this answers, by its origin.</summary>
    public int Attempt { get; private set; }

    public bool IsRescued => _fields.ContainsKey("X-Canary-Rescued");

    public string? RequestId => _fields.GetValueOrDefault("X-Request-ID");

    public string? Version => _fields.GetValueOrDefault("X-Canary-Version");

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _state != State.Broken)
        {
            var count = _state is State.Length or State.ChunkData or State.UntilClose ? ReadData(bytes) : ReadByte(bytes[0]);
            bytes = bytes[count..];
        }
    }

    /// <summary>The connection has ended.</summary>
    public void EndOfConnection(bool orderly)
    {
        if (_state == State.UntilClose && orderly) End();
    }

    private int ReadData(ReadOnlySpan<byte> bytes)
    {
        var count = _state == State.UntilClose ? bytes.Length : (int)Math.Min(_left, bytes.Length);
        if (!IsOwn && !Pattern.Matches(bytes[..count], expected()!.Token, Pattern.Answer(Attempt), BodyBytes)) Break($"law 2: a response's body differs from what its origin sent, within {count} bytes from {BodyBytes}");
        if (IsOwn) OwnText += Encoding.Latin1.GetString(bytes[..count]);
        BodyBytes += count;
        _left -= count;
        if (_left > 0 || _state == State.UntilClose) return count;
        if (_state == State.Length) End();
        else if (_state == State.ChunkData) _state = State.ChunkEnd;
        return count;
    }

    private int ReadByte(byte next)
    {
        if (_state == State.Head && _line.Count == 0 && expected() is null)
        {
            Break("law 2: a response that nobody waits for");
            return 1;
        }

        _line.Add(next);
        if (next != (byte)'\n') return 1;
        if (_line.Count < 2 || _line[^2] != (byte)'\r')
        {
            Break("law 1: a response's line ends in a bare LF");
            return 1;
        }

        if (_state == State.Head)
        {
            if (_line.Count >= 4 && _line[^4] == (byte)'\r' && _line[^3] == (byte)'\n') ReadHead(TakeLine());
            return 1;
        }

        var line = TakeLine();
        if (_state == State.ChunkSize)
        {
            if (line.Length is < 3 or > 17 || !line[..^2].All(char.IsAsciiHexDigit)) Break($"law 1: not a chunk size: {line}");
            else _left = long.Parse(line[..^2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (_state != State.Broken) _state = _left == 0 ? State.Trailer : State.ChunkData;
        }
        else if (_state == State.ChunkEnd)
        {
            if (line.Length != 2) Break("law 1: a chunk does not end in CRLF");
            else _state = State.ChunkSize;
        }
        else if (line.Length == 2)
        {
            End();
        }

        return 1;
    }

    private void ReadHead(string head)
    {
        var plan = expected()!;
        var lines = head.Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            Break($"law 1: not a status line: {lines[0]}");
            return;
        }

        _fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            if (line.Length == 0) continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(" \t") || line.Any(each => each is < ' ' and not '\t'))
            {
                Break($"law 1: not a field line: {line}");
                return;
            }

            if (!_fields.TryAdd(line[..colon], line[(colon + 1)..].Trim(' ', '\t'))) Break($"law 1: twice: {line}");
        }

        Status = status;
        IsOwn = !_fields.ContainsKey("Via");
        if (!IsOwn && _fields.GetValueOrDefault("X-Token") != plan.Token.ToString("x6", CultureInfo.InvariantCulture))
        {
            Break($"law 2: the response to another request: {_fields.GetValueOrDefault("X-Token")}");
            return;
        }

        Attempt = int.TryParse(_fields.GetValueOrDefault("X-Try"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : 0;
        if (!IsOwn && Attempt != plan.Attempts.Count)
        {
            Break($"law 4: the answer to try {Attempt}, and the request was sent {plan.Attempts.Count} times");
            return;
        }

        plan.HasAnswerBegun = true;
        if (status < 200)
        {
            if (IsOwn) Break($"law 2: a {status} that no origin sent");
            Interim?.Invoke(plan);
            return;
        }

        Closes = string.Equals(_fields.GetValueOrDefault("Connection"), "close", StringComparison.OrdinalIgnoreCase);
        BodyBytes = 0;
        OwnText = "";
        HeadEnds?.Invoke(plan);
        if (_state != State.Broken) BeginBody(plan);
    }

    private void BeginBody(RequestPlan plan)
    {
        var coding = _fields.GetValueOrDefault("Transfer-Encoding");
        var length = _fields.GetValueOrDefault("Content-Length");
        if (coding is not null && (length is not null || coding != "chunked"))
        {
            Break($"law 1: length {length} and coding {coding}");
            return;
        }

        _left = 0;
        if (plan.Method == "HEAD" || Status is 204 or 304)
        {
            End();
        }
        else if (coding is not null)
        {
            _state = State.ChunkSize;
        }
        else if (length is not null)
        {
            _left = long.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
            _state = State.Length;
            if (_left == 0) End();
        }
        else
        {
            _state = State.UntilClose;
        }
    }

    private void End()
    {
        _state = State.Head;
        Ends?.Invoke(expected()!);
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
        broken(expected() is { } plan ? string.Create(CultureInfo.InvariantCulture, $"{what} [response to {plan.Token:x6}]") : what);
    }
}
