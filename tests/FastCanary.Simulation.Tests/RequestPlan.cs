using System.Globalization;

namespace FastCanary.Simulation.Tests;

/// <summary>One request: what is meant, and what has become of it so far.</summary>
internal sealed class RequestPlan
{
    public required int Token { get; init; }

    public required string Method { get; init; }

    /// <summary>Behind the token; sent and expected byte for byte.</summary>
    public string TargetRest { get; init; } = "";

    public int Minor { get; init; } = 1;

    public BodyKind Body { get; init; }

    public int BodyBytes { get; init; }

    public int Trailing { get; init; }

    public bool Expects { get; init; }

    public bool AsksClose { get; init; }

    public int PaddingBytes { get; init; }

    public Malformation Malformation { get; init; }

    /// <summary>Lies behind a malformed one: nobody may ever see it.</summary>
    public bool IsSmuggled { get; init; }

    public IdKind Id { get; init; }

    /// <summary>Whom the request says that it is from; empty: it does not say.</summary>
    public string User { get; init; } = "";

    /// <summary>It asks for the canary, where there is a rule about that.</summary>
    public bool AsksCanary { get; init; }

    /// <summary>It says itself what only the proxy may say.</summary>
    public bool Forges { get; init; }

    /// <summary>What the first try is answered.</summary>
    public AnswerPlan FirstAnswer { get; init; } = new();

    /// <summary>Upstream connections on which it was sent, in order.</summary>
    public List<Attempt> Attempts { get; } = [];

    /// <summary>The latest: the only one that may be answered.</summary>
    public Attempt? Current => Attempts.Count > 0 ? Attempts[^1] : null;

    public AnswerPlan Answer => Current?.Answer ?? FirstAnswer;

    /// <summary>The ID by which origins know it.</summary>
    public string? IdAtOrigins { get; set; }

    /// <summary>The client has read the head of an answer to it.</summary>
    public bool HasAnswerBegun { get; set; }

    /// <summary>When the client sent its first byte.</summary>
    public long BegunUs { get; set; }

    /// <summary>The client has sent a byte of it.</summary>
    public bool WasBegun { get; set; }

    /// <summary>The client has sent all of it.</summary>
    public bool WasSent { get; set; }

    /// <summary>The client has a complete answer of the origin.</summary>
    public bool IsAnswered { get; set; }

    public string Target => string.Create(CultureInfo.InvariantCulture, $"/{Token:x6}{TargetRest}");

    public bool IsIdempotent => Method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS";

    public bool HeadIsMalformed => Malformation is not Malformation.None and < Malformation.FirstOfBody;

    /// <summary>The answer's body as a client sees it.</summary>
    public BodyKind AnswerBodyToClient => Answer.BodyToClient(Method);

    /// <summary>What the client sends as its ID.</summary>
    public string SentId => Id switch
    {
        IdKind.Valid => string.Create(CultureInfo.InvariantCulture, $"client-{Token:x6}/1:@=+"),
        IdKind.Invalid => string.Create(CultureInfo.InvariantCulture, $"client {Token:x6}"),
        IdKind.TooLong => new string('i', 129),
        _ => "",
    };

    /// <summary>The origins have done their part so far.</summary>
    public bool OriginIsGood => FirstAnswer.IsGood && Attempts.TrueForAll(static each => each.Answer.IsGood);
}
