using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace FastCanary.Http.Tests;

/// <summary>A chunked body read the plain way, from the grammar of RFC 9112 section 7.1.</summary>
internal sealed record ReferenceChunked(string Data, int Length, bool HasExtensions, List<ReferenceFields.Field> Trailers)
{
    private const string Bws = @"[ \t]*";
    private const string Quoted = "\"(?:[\\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\xFF]|\\\\[\\t \\x21-\\x7E\\x80-\\xFF])*\"";
    private const string Extension = $"{Bws};{Bws}{ReferenceFields.Token}(?:{Bws}={Bws}(?:{ReferenceFields.Token}|{Quoted}))?";

    /// <summary>Null unless the text begins with a whole and well-formed body.</summary>
    internal static ReferenceChunked? Read(string text)
    {
        string data = "";
        bool hasExtensions = false;
        int at = 0;
        while (true)
        {
            Match line = Regex.Match(text[at..], $@"\A([0-9A-Fa-f]{{1,16}})((?:{Extension})*)\r\n");
            if (!line.Success) return null;
            BigInteger size = BigInteger.Parse("0" + line.Groups[1].Value, NumberStyles.HexNumber);
            hasExtensions |= line.Groups[2].Length > 0;
            at += line.Length;
            if (size == 0) break;
            if (size > text.Length - at - 2) return null;
            data += text.Substring(at, (int)size);
            at += (int)size;
            if (text.Substring(at, 2) != "\r\n") return null;
            at += 2;
        }

        Match trailers = Regex.Match(text[at..], @"\A((?:[^\r\n]+\r\n)*)\r\n");
        if (!trailers.Success || ReferenceFields.Read(trailers.Groups[1].Value) is not { } fields) return null;
        return new ReferenceChunked(data, at + trailers.Length, hasExtensions, fields);
    }
}
