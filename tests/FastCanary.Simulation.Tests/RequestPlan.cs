using System.Globalization;

namespace FastCanary.Simulation.Tests;

/// <summary>One request and the answer that its origin is to give: what is meant, and what has become of it so far.</summary>
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

    public int Status { get; init; } = 200;

    public BodyKind AnswerBody { get; init; } = BodyKind.Length;

    public int AnswerBytes { get; init; }

    public int Interims { get; init; }

    /// <summary>The origin answers when it has read the head.</summary>
    public bool Early { get; init; }

    public int ThinkUs { get; init; }

    public bool Dribbles { get; init; }

    public Ending Ending { get; init; }

    /// <summary>Which malformation, and where an answer is cut, per thousand.</summary>
    public int Variant { get; init; }

    /// <summary>Upstream connections on which any of it was sent.</summary>
    public int Attempts { get; set; }

    public OriginConnection? ServedBy { get; set; }

    /// <summary>An origin has got all of it.</summary>
    public bool WasWhole { get; set; }

    public int InterimsSent { get; set; }

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
    public BodyKind AnswerBodyToClient => Method == "HEAD" || Status is 204 or 304 ? BodyKind.None : AnswerBody;

    /// <summary>The origin does its part.</summary>
    public bool OriginIsGood => Ending is Ending.Stays or Ending.ClosesAsAnnounced && !Early;

    /// <summary>The answer never becomes whole.</summary>
    public bool AnswerBreaks => Ending is Ending.Truncates or Ending.Resets or Ending.IsSilent or Ending.StopsReading or Ending.ClosesInstead or Ending.IsMalformed;
}
