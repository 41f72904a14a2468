namespace FastCanary.Control;

/// <summary>What the admin listener gives one client.</summary>
internal sealed record AdminLimits
{
    /// <summary>Connections open at a time; more wait in the kernel's backlog.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>The largest request head, in bytes; beyond it a request is a 431.</summary>
    public int HeadBytesMax { get; init; } = 16 << 10;

    /// <summary>The largest request body, in bytes; beyond it a request is a 413.</summary>
    public int BodyBytesMax { get; init; } = 64 << 10;

    /// <summary>Bytes of answers that clients have not taken yet, over all connections; beyond it calls are answered 503.</summary>
    public long AnswerBytesMax { get; init; } = 64 << 20;

    /// <summary>How long a head may take from its first byte, in milliseconds; and a connection to its first head.</summary>
    public int HeadTimeoutMs { get; init; } = 10_000;

    /// <summary>How long a body may take from the end of its head, in milliseconds.</summary>
    public int BodyTimeoutMs { get; init; } = 10_000;

    /// <summary>How long a connection may be without a request, in milliseconds.</summary>
    public int IdleTimeoutMs { get; init; } = 60_000;

    /// <summary>How long a client may take for each piece of an answer, in milliseconds.</summary>
    public int SendTimeoutMs { get; init; } = 10_000;
}
