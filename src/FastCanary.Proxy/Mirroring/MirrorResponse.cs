using System.Buffers.Binary;
using System.Text;
using FastCanary.Http;
using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>
/// What of a response is compared: its status, the values of chosen fields, its body up to a limit. Filled on a loop, then read by the comparing thread: one
/// owner at a time.
/// </summary>
internal sealed class MirrorResponse(MirrorMemory memory)
{
    // Behind the values of one field.
    private const int EndOfField = -1;

    // Field values come twice where a configuration names a field twice: this is far above any head.
    private const int FieldBytesMax = 1 << 20;

    private readonly MirrorBytes _fields = new(memory);
    private readonly MirrorBytes _body = new(memory);
    private int _bodyBytesMax;
    private bool _keepsBody;
    private bool _isChunked;

    public int Status { get; private set; }

    /// <summary>The body is over its limit, or there was no memory for it: it was not kept.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The body has a content coding.</summary>
    public bool IsEncoded { get; private set; }

    /// <summary>There was no memory for the fields: nothing can be compared.</summary>
    public bool LacksFields { get; private set; }

    /// <summary>All of the response was seen.</summary>
    public bool IsWhole { get; set; }

    /// <summary>For each chosen field in turn: its values with their lengths, and an end.</summary>
    public ReadOnlySpan<byte> Fields => _fields.Span;

    /// <param name="head">Parsed.</param>
    /// <param name="bytes">What it was parsed from.</param>
    /// <param name="comparison">What is compared; null: nothing.</param>
    /// <param name="isChunked">What follows by <see cref="AppendBody"/> has chunk framing.</param>
    public void TakeHead(ResponseHead head, ReadOnlySpan<byte> bytes, MirrorComparison? comparison, bool isChunked)
    {
        Status = head.Status;
        _isChunked = isChunked;
        if (comparison is null) return;
        var encoding = head.FindField(bytes, "content-encoding"u8);
        IsEncoded = encoding >= 0 && !Ascii.EqualsIgnoreCase(head.FieldValueAt(encoding).Of(bytes), "identity"u8);
        _keepsBody = comparison.Body != MirrorBodyComparison.None;
        // The framing's share: a size line for every few dozen bytes; where there are more, the body counts as too large.
        _bodyBytesMax = comparison.ResponseBodyBytesMax + (isChunked ? (comparison.ResponseBodyBytesMax >> 3) + 1024 : 0);
        foreach (var name in comparison.HeadersUtf8)
        {
            for (var i = head.FindField(bytes, name); i >= 0; i = head.FindField(bytes, name, i + 1)) AppendValue(head.FieldValueAt(i).Of(bytes));
            AppendLength(EndOfField);
        }
    }

    /// <summary>Takes the next bytes of the body.</summary>
    public void AppendBody(ReadOnlySpan<byte> bytes)
    {
        if (!_keepsBody || IsTruncated || bytes.IsEmpty || _body.TryAppend(bytes, _bodyBytesMax)) return;
        IsTruncated = true;
        _body.Release();
    }

    /// <summary>The chosen field whose values are not the same in the other response; -1 where there is none.</summary>
    public int FirstOtherField(MirrorResponse other)
    {
        ReadOnlySpan<byte> mine = Fields, others = other.Fields;
        for (var field = 0; !mine.IsEmpty && !others.IsEmpty; field++)
        {
            var length = FieldLength(mine);
            if (length != FieldLength(others) || !mine[..length].SequenceEqual(others[..length])) return field;
            mine = mine[length..];
            others = others[length..];
        }

        return -1;
    }

    /// <summary>The body without framing.</summary>
    /// <param name="scratch">Where it may be put together.</param>
    /// <param name="bytesMax">How long it may be.</param>
    /// <param name="body">It holds as long as both do.</param>
    /// <returns>False where it is longer.</returns>
    public bool TryReadBody(MirrorBytes scratch, int bytesMax, out ReadOnlyMemory<byte> body)
    {
        body = _body.Memory;
        if (!_isChunked) return true;
        var framed = _body.Span;
        var chunks = new ChunkedDecoder(dataOnly: true, keepTrailers: false);
        scratch.CutTo(0);
        while (true)
        {
            var status = chunks.Next(framed, out var consumed, out var forward);
            if (status == ParseStatus.Invalid || !scratch.TryAppend(forward.Of(framed), bytesMax)) return false;
            framed = framed[consumed..];
            if (status == ParseStatus.Done) break;
            if (consumed == 0) return false;
        }

        body = scratch.Memory;
        return true;
    }

    /// <summary>Forgets the response, and gives its memory back.</summary>
    public void Clear()
    {
        _fields.Release();
        _body.Release();
        Status = 0;
        IsTruncated = IsEncoded = IsWhole = LacksFields = _keepsBody = _isChunked = false;
        _bodyBytesMax = 0;
    }

    private void AppendValue(ReadOnlySpan<byte> value)
    {
        AppendLength(value.Length);
        AppendField(value);
    }

    private void AppendLength(int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        AppendField(bytes);
    }

    private void AppendField(ReadOnlySpan<byte> bytes)
    {
        if (!_fields.TryAppend(bytes, FieldBytesMax)) LacksFields = true;
    }

    private static int FieldLength(ReadOnlySpan<byte> fields)
    {
        var at = 0;
        while (true)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(fields[at..]);
            at += sizeof(int);
            if (length == EndOfField) return at;
            at += length;
        }
    }
}
