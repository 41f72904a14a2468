namespace FastCanary.Control;

/// <summary>Follows a journal's chain from line to line and from file to file.</summary>
internal sealed class JournalChain
{
    private readonly byte[] _hash = new byte[HashText.Digits];

    /// <summary>The last line's number; 0 before the first.</summary>
    public long N { get; private set; }

    /// <summary>The last line's hash; zeros before the first.</summary>
    public ReadOnlySpan<byte> Hash => N == 0 ? JournalLine.NoHash : _hash;

    /// <summary>Takes a line that is known to be right.</summary>
    public void Set(in JournalLine fields)
    {
        N = fields.N;
        fields.Hash.CopyTo(_hash);
    }

    /// <summary>Takes a line if it is right.</summary>
    /// <param name="line">The line, without its line feed.</param>
    /// <param name="isFirstOfFile">
    /// Whether it begins a file. Only there may a new chain begin, by an entry of the kind "broken". Before the very first line nothing is known, since older files are deleted: it may have any number.
    /// </param>
    /// <param name="fields">What it holds.</param>
    /// <returns>Null if it is right; else what is wrong.</returns>
    public string? Take(ReadOnlySpan<byte> line, bool isFirstOfFile, out JournalLine fields)
    {
        if (!JournalLine.TryParse(line, out fields)) return "is no entry of a journal";
        if (!JournalLine.HasItsHash(line)) return "was changed: it does not have the hash that it names";
        bool isBeginning = fields.Previous.SequenceEqual(JournalLine.NoHash);
        if (isBeginning)
        {
            bool isAllowed = N == 0 ? fields.N == 1 || fields.Kind == JournalLine.BrokenKind : isFirstOfFile && fields.Kind == JournalLine.BrokenKind && fields.N > N;
            if (!isAllowed) return $"begins a chain with entry {fields.N}, where {Expected()}";
        }
        else if (N != 0)
        {
            if (fields.N != N + 1) return $"is entry {fields.N}, where {Expected()}";
            if (!fields.Previous.SequenceEqual(_hash)) return $"does not continue entry {N}: the hash that it names as the one before is another";
        }
        else if (fields.N == 1)
        {
            return "is entry 1, and names an entry before it";
        }
        Set(fields);
        return null;
    }

    private string Expected() => N == 0 ? "an entry before it was expected" : $"entry {N + 1} was expected";
}
