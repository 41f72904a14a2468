using System.Text;

namespace FastCanary.Control;

/// <summary>One entry of a journal; frozen.</summary>
public sealed class JournalEntry
{
    private readonly Range _body;

    internal JournalEntry(ReadOnlyMemory<byte> line, in JournalLine fields)
    {
        Line = line;
        N = fields.N;
        At = fields.At;
        Kind = fields.Kind;
        Service = fields.Service;
        _body = fields.BodyRange;
        Hash = Encoding.ASCII.GetString(fields.Hash);
    }

    /// <summary>Its number: 1 for a journal's first, and one more for each that follows.</summary>
    public long N { get; }

    /// <summary>When, to the millisecond.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Of what kind: decision, observation, begin, change, or broken, which the journal writes by itself.</summary>
    public string Kind { get; }

    /// <summary>Of which service; empty for what concerns none or all.</summary>
    public string Service { get; }

    /// <summary>The body: one JSON object, UTF-8, as it was given.</summary>
    public ReadOnlyMemory<byte> Body => Line[_body];

    /// <summary>The whole line, a JSON object, UTF-8, without its line feed.</summary>
    public ReadOnlyMemory<byte> Line { get; }

    /// <summary>The line's own hash, 64 lower-case digits.</summary>
    public string Hash { get; }
}
