namespace FastCanary.Simulation.Tests;

/// <summary>What an origin answers to one try of a request, and how.</summary>
internal sealed record AnswerPlan
{
    public int Status { get; init; } = 200;

    public BodyKind Body { get; init; } = BodyKind.Length;

    public int Bytes { get; init; }

    public int Interims { get; init; }

    /// <summary>The origin answers when it has read the head.</summary>
    public bool Early { get; init; }

    public int ThinkUs { get; init; }

    public bool Dribbles { get; init; }

    public Ending Ending { get; init; }

    /// <summary>Which malformation, and where an answer is cut, per thousand.</summary>
    public int Variant { get; init; }

    /// <summary>The origin does its part.</summary>
    public bool IsGood => Ending is Ending.Stays or Ending.ClosesAsAnnounced && !Early;

    /// <summary>The answer never becomes whole.</summary>
    public bool Breaks => Ending is Ending.Truncates or Ending.Resets or Ending.IsSilent or Ending.StopsReading or Ending.ClosesInstead or Ending.IsMalformed;

    /// <summary>The body as a client sees it.</summary>
    public BodyKind BodyToClient(string method) => method == "HEAD" || Status is 204 or 304 ? BodyKind.None : Body;
}
