namespace FastCanary.Client;

/// <summary>A client verb cannot go on. The message is one line for the user: what failed, why, and what helps.</summary>
internal sealed class ClientException : Exception
{
    public ClientException(string message)
        : base(message)
    {
    }

    public ClientException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public int Code { get; init; } = ExitCode.Failed;

    /// <summary>Nothing or nothing sensible came back: the same call may well succeed in a moment.</summary>
    public bool IsConnectionLoss { get; init; }

    /// <summary>More lines, for example each error of a configuration.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
