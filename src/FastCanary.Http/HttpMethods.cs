namespace FastCanary.Http;

/// <summary>What methods mean.</summary>
public static class HttpMethods
{
    /// <summary>Whether a request may be sent a second time after its outcome is unknown (RFC 9110 section 9.2.2). An unknown method may not.</summary>
    public static bool IsIdempotent(this HttpMethod method) =>
        method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Put or HttpMethod.Delete or HttpMethod.Options or HttpMethod.Trace;

    /// <summary>The method that this token names, byte for byte.</summary>
    internal static HttpMethod Of(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 3:
                if (name.SequenceEqual("GET"u8)) return HttpMethod.Get;
                return name.SequenceEqual("PUT"u8) ? HttpMethod.Put : HttpMethod.Other;
            case 4:
                if (name.SequenceEqual("POST"u8)) return HttpMethod.Post;
                return name.SequenceEqual("HEAD"u8) ? HttpMethod.Head : HttpMethod.Other;
            case 5:
                if (name.SequenceEqual("PATCH"u8)) return HttpMethod.Patch;
                return name.SequenceEqual("TRACE"u8) ? HttpMethod.Trace : HttpMethod.Other;
            case 6:
                return name.SequenceEqual("DELETE"u8) ? HttpMethod.Delete : HttpMethod.Other;
            case 7:
                if (name.SequenceEqual("OPTIONS"u8)) return HttpMethod.Options;
                return name.SequenceEqual("CONNECT"u8) ? HttpMethod.Connect : HttpMethod.Other;
            default:
                return HttpMethod.Other;
        }
    }
}
