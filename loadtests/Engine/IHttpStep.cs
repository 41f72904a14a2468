namespace FastCanary.LoadTests.Engine;

/// <summary>What an HTTP load sends and expects. Called from the load's threads; one of several threads at a time per request.</summary>
internal interface IHttpStep
{
    /// <summary>Writes a whole request.</summary>
    /// <param name="number">From 0: the number of the request in this load.</param>
    /// <param name="destination">At least <see cref="HttpLoop.RequestBytesMax"/>.</param>
    /// <returns>Its length.</returns>
    int Write(long number, Span<byte> destination);

    /// <summary>Judges an answer.</summary>
    /// <param name="number">As above.</param>
    /// <param name="answer">The answer, read to its end.</param>
    /// <returns>Null where it is as expected, else what went wrong: one of <see cref="Failures"/>.</returns>
    string? Check(long number, AnswerReader answer);

    /// <summary>Told of a request that was sent and will have no answer.</summary>
    /// <param name="number">As above.</param>
    /// <param name="failure">One of <see cref="Failures"/>.</param>
    void Lose(long number, string failure)
    {
    }
}
