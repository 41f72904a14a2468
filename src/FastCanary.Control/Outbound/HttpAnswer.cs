namespace FastCanary.Control;

/// <summary>What came of an outbound request.</summary>
internal readonly record struct HttpAnswer
{
    public HttpAnswer()
    {
    }

    /// <summary>The status; 0 where there was no whole answer.</summary>
    public int Status { get; init; }

    /// <summary>The body, where it was asked for.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Why there was no whole answer; else empty.</summary>
    public string Problem { get; init; } = "";

    /// <summary>How long the other side asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether there was an answer, of class 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and <= 299;
}
