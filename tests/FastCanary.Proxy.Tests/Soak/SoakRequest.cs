using System.Globalization;
using System.Text;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>One request, and with it the response that belongs to it.</summary>
internal sealed record SoakRequest
{
    /// <summary>Cut before the response's head.</summary>
    public const int CutBeforeHead = -1;

    public required ulong Token { get; init; }

    public string Method { get; init; } = "GET";

    public required OriginBehaviour Behaviour { get; init; }

    /// <summary>Bytes of the response's body.</summary>
    public required int Size { get; init; }

    /// <summary>How many of them are sent, where the origin breaks off; or <see cref="CutBeforeHead"/>.</summary>
    public int Cut { get; init; }

    /// <summary>Which of the client's requests this is: no origin may see the same POST twice.</summary>
    public int Client { get; init; }

    public int Number { get; init; }

    /// <summary>Bytes of the request's body.</summary>
    public int BodySize { get; init; }

    public bool IsChunked { get; init; }

    public bool ExpectsContinue { get; init; }

    public bool IsHttp10 { get; init; }

    public bool WantsClose { get; init; }

    /// <summary>The client will not wait for the end: the origin may get less than the body.</summary>
    public bool IsAborted { get; init; }

    public bool IsHead => Method == "HEAD";

    public bool IsPost => Method == "POST";

    /// <summary>The framing that a broken-off response uses: with a length, in chunks, until the close.</summary>
    public int BrokenFraming => (int)(Token % (Behaviour == OriginBehaviour.Reset ? 3UL : 2UL));

    /// <summary>The response says how long it is.</summary>
    public bool HasLength => Behaviour switch
    {
        OriginBehaviour.ChunkedLarge or OriginBehaviour.ChunkedTiny or OriginBehaviour.UntilClose or OriginBehaviour.Http10UntilClose => false,
        OriginBehaviour.Truncated or OriginBehaviour.Reset => BrokenFraming == 0,
        _ => true,
    };

    public bool IsBroken => Behaviour is OriginBehaviour.Truncated or OriginBehaviour.Reset;

    public int ExpectedStatus => Behaviour is OriginBehaviour.EarlyAnswer or OriginBehaviour.EarlyAnswerAbrupt ? 413 : 200;

    public string Head
    {
        get
        {
            var head = new StringBuilder();
            head.Append(CultureInfo.InvariantCulture, $"{Method} /{Behaviour}/{Size}/{Cut} HTTP/1.{(IsHttp10 ? 0 : 1)}\r\nHost: a.example\r\nX-Token: {Token:x16}\r\n");
            if (WantsClose) head.Append("Connection: close\r\n");
            if (IsAborted) head.Append("X-Aborted: 1\r\n");
            if (ExpectsContinue) head.Append("Expect: 100-continue\r\n");
            if (IsPost)
            {
                head.Append(CultureInfo.InvariantCulture, $"X-Post: {Client} {Number}\r\nX-Body: {BodySize}\r\n");
                if (IsChunked) head.Append("Transfer-Encoding: chunked\r\n");
                else head.Append(CultureInfo.InvariantCulture, $"Content-Length: {BodySize}\r\n");
            }

            return head.Append("\r\n").ToString();
        }
    }

    /// <summary>What an origin was asked.</summary>
    public static SoakRequest Parse(SoakHead head)
    {
        var line = head.StartLine.Split(' ');
        var path = line[1].Split('/');
        var post = head["X-Post"]?.Split(' ');
        return new SoakRequest
        {
            Token = ulong.Parse(head["X-Token"]!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            Method = line[0],
            Behaviour = Enum.Parse<OriginBehaviour>(path[1]),
            Size = int.Parse(path[2], CultureInfo.InvariantCulture),
            Cut = int.Parse(path[3], CultureInfo.InvariantCulture),
            Client = post is null ? 0 : int.Parse(post[0], CultureInfo.InvariantCulture),
            Number = post is null ? 0 : int.Parse(post[1], CultureInfo.InvariantCulture),
            BodySize = post is null ? 0 : int.Parse(head["X-Body"]!, CultureInfo.InvariantCulture),
            IsChunked = head["Transfer-Encoding"] is not null,
            ExpectsContinue = head["Expect"] is not null,
            IsAborted = head["X-Aborted"] is not null,
        };
    }

    public override string ToString() => Head.Replace("\r\n", " | ");
}
