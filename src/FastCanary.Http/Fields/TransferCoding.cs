namespace FastCanary.Http;

/// <summary>Judges a Transfer-Encoding value (RFC 9112 sections 6.1 and 7).</summary>
internal static class TransferCoding
{
    /// <summary>
    /// <see cref="HttpFault.None"/> for exactly one chunked, <see cref="HttpFault.UnsupportedTransferCoding"/> for well-formed other codings before one final chunked,
    /// <see cref="HttpFault.BadTransferEncoding"/> for the rest: a coding after chunked, chunked twice, chunked with a parameter, an empty element, a missing chunked.
    /// </summary>
    internal static HttpFault Judge(ReadOnlySpan<byte> value)
    {
        if (IsChunked(value)) return HttpFault.None;
        var elements = new ListElements(value);
        bool ended = false;
        while (elements.MoveNext())
        {
            if (ended) return HttpFault.BadTransferEncoding;
            ended = IsChunked(elements.Current);
            if (!ended && !IsOtherCoding(elements.Current)) return HttpFault.BadTransferEncoding;
        }

        return ended ? HttpFault.UnsupportedTransferCoding : HttpFault.BadTransferEncoding;
    }

    private static bool IsChunked(ReadOnlySpan<byte> coding) => coding.Length == 7 && Lowercase.Is(coding, "chunked"u8);

    /// <summary>A token, with parameters of tokens; a quoted parameter counts as malformed, since its commas could be read in two ways.</summary>
    private static bool IsOtherCoding(ReadOnlySpan<byte> coding)
    {
        int nameLength = coding.IndexOf((byte)';');
        ReadOnlySpan<byte> name = ByteSets.TrimOws(nameLength < 0 ? coding : coding[..nameLength]);
        if (!ByteSets.IsToken(name) || IsChunked(name)) return false;
        while (nameLength >= 0)
        {
            coding = coding[(nameLength + 1)..];
            nameLength = coding.IndexOf((byte)';');
            ReadOnlySpan<byte> parameter = nameLength < 0 ? coding : coding[..nameLength];
            int equals = parameter.IndexOf((byte)'=');
            if (equals < 0) return false;
            if (!ByteSets.IsToken(ByteSets.TrimOws(parameter[..equals])) || !ByteSets.IsToken(ByteSets.TrimOws(parameter[(equals + 1)..]))) return false;
        }

        return true;
    }
}
