namespace FastCanary.Proxy;

/// <summary>What a mirrored exchange does next.</summary>
internal enum MirrorStep : byte
{
    /// <summary>Send the request.</summary>
    Send,

    /// <summary>Wait for the response's head.</summary>
    Head,

    /// <summary>Wait for the response's body.</summary>
    Body,

    /// <summary>The response is complete.</summary>
    Finished,

    /// <summary>There will be no complete response.</summary>
    Failed,
}
