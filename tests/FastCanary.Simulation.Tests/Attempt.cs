namespace FastCanary.Simulation.Tests;

/// <summary>A request on one upstream connection: from the byte on by which it is known which one it is.</summary>
internal sealed class Attempt(RequestPlan plan, int number, AnswerPlan answer, OriginConnection origin)
{
    public RequestPlan Plan => plan;

    /// <summary>From 1; every byte of its answer names it.</summary>
    public int Number => number;

    public AnswerPlan Answer => answer;

    public OriginConnection Origin => origin;

    /// <summary>The connection had served another request before.</summary>
    public bool IsReused { get; init; }

    /// <summary>What the proxy had received on the connection before.</summary>
    public long AnswersFrom { get; init; }

    /// <summary>When it was sent.</summary>
    public long SentUs { get; init; }

    /// <summary>It was sent again because the connection that was reused had just ended: not a try of its own.</summary>
    public bool IsStaleAgain { get; init; }

    /// <summary>The origin was told that it stands in.</summary>
    public bool IsRescue { get; set; }

    public int InterimsSent { get; set; }

    /// <summary>How long the final head is; 0 while it was not said.</summary>
    public int HeadBytes { get; set; }

    /// <summary>The origin has got all of it.</summary>
    public bool WasWhole { get; set; }

    public bool AnyReceived => origin.ReceivedByProxy > AnswersFrom;

    /// <summary>The proxy has the whole head of a final answer that nothing came before.</summary>
    public bool HeadReceived => HeadBytes > 0 && InterimsSent == 0 && origin.ReceivedByProxy >= AnswersFrom + HeadBytes;
}
