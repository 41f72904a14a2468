namespace FastCanary.Proxy;

/// <summary>What a session does next: the answer of each decision to the flow in <see cref="Session.RunAsync"/>.</summary>
internal enum Step : byte
{
    /// <summary>Wait for more bytes.</summary>
    NeedMore,

    /// <summary>The request may go to an upstream.</summary>
    Forward,

    /// <summary>Wait for a connection to become free, or for a drill's delay.</summary>
    Wait,

    /// <summary>Wait for the upstream's answer.</summary>
    AwaitResponse,

    /// <summary>Once more, on a fresh connection.</summary>
    SendAgain,

    /// <summary>The response's head is written; its body follows.</summary>
    Relay,

    /// <summary>A piece of the response is ready for the client.</summary>
    SendPiece,

    /// <summary>The body goes on through a pipe of the kernel.</summary>
    Splice,

    /// <summary>The pipe holds bytes for the client.</summary>
    SendSpliced,

    /// <summary>The connection switches protocols.</summary>
    Tunnel,

    /// <summary>An answer of our own is written and wants flushing.</summary>
    Answer,

    /// <summary>The response is complete.</summary>
    Finished,

    /// <summary>The exchange cannot be completed and nothing more can be said: both connections end.</summary>
    Abandon,

    /// <summary>The client connection ends without another word.</summary>
    Close,
}
