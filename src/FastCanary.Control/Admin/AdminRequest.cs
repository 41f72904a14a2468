using System.Text;
using FastCanary.Http;
using FastCanary.Transport;

namespace FastCanary.Control;

/// <summary>What of a request the admin API looks at, copied out of its head, so that the head's bytes can go. It never gets into a log as a whole: it holds a token.</summary>
internal sealed class AdminRequest
{
    private AdminRequest()
    {
    }

    /// <summary>The method.</summary>
    public HttpMethod Method { get; private init; }

    /// <summary>As received, undecoded, without the query.</summary>
    public string Path { get; private init; } = "";

    /// <summary>As received, undecoded; empty where there is none.</summary>
    public string Query { get; private init; } = "";

    /// <summary>Host and port that the request is for; empty for HTTP/1.0 without Host.</summary>
    public string Authority { get; private init; } = "";

    /// <summary>The field's value; null where it is missing. Repeated fields are one list, as RFC 9110 section 5.3 has it, which none of them may be.</summary>
    public string? Origin { get; private init; }

    /// <inheritdoc cref="Origin"/>
    public string? FetchSite { get; private init; }

    /// <inheritdoc cref="Origin"/>
    public string? Authorization { get; private init; }

    /// <inheritdoc cref="Origin"/>
    public string? ContentType { get; private init; }

    /// <summary>Whether it asks, ahead of another request, whether that is allowed from another site.</summary>
    public bool IsPreflight { get; private init; }

    /// <summary>The peer's address, without the port.</summary>
    public string Peer { get; private init; } = "";

    /// <summary>What it asks for.</summary>
    public AdminRoute Route { get; set; }

    /// <summary>The service in its path, decoded; empty where the path has none.</summary>
    public string Service { get; set; } = "";

    /// <summary>The rollout verb in its path.</summary>
    public RolloutVerb Verb { get; set; }

    /// <summary>Who asks, for the journal.</summary>
    public string Actor { get; set; } = "";

    /// <summary>The other site that may read the answer; null where it is none.</summary>
    public string? AllowedOrigin { get; set; }

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <param name="head">A head whose parsing is done.</param>
    /// <param name="buffer">The bytes that it was parsed from.</param>
    /// <param name="peer">Who sent it.</param>
    public static AdminRequest Read(RequestHead head, ReadOnlySpan<byte> buffer, in PeerAddress peer)
    {
        Span<byte> address = stackalloc byte[PeerAddress.TextBytesMax];
        return new AdminRequest
        {
            Method = head.Method,
            Path = Text(head.Path.Of(buffer)),
            Query = Text(head.Query.Of(buffer)),
            Authority = Text(head.Authority.Of(buffer)),
            Origin = Field(head, buffer, "Origin"u8),
            FetchSite = Field(head, buffer, "Sec-Fetch-Site"u8),
            Authorization = Field(head, buffer, "Authorization"u8),
            ContentType = Field(head, buffer, "Content-Type"u8),
            IsPreflight = head.Method == HttpMethod.Options && Field(head, buffer, "Access-Control-Request-Method"u8) is not null,
            Peer = Text(address[..peer.Format(address)]),
        };
    }

    private static string? Field(RequestHead head, ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name)
    {
        string? value = null;
        for (var at = head.FindField(buffer, name); at >= 0; at = head.FindField(buffer, name, at + 1))
        {
            var text = Text(head.FieldValueAt(at).Of(buffer));
            value = value is null ? text : $"{value}, {text}";
        }

        return value;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
