namespace FastCanary.Control;

/// <summary>What an admin session does next.</summary>
internal enum AdminStep : byte
{
    /// <summary>Waits for more of the head.</summary>
    ReadHead,

    /// <summary>Waits for more of the body.</summary>
    ReadBody,

    /// <summary>Has the call made, off the loop.</summary>
    Call,

    /// <summary>Sends the answer.</summary>
    Answer,

    /// <summary>Ends the connection.</summary>
    Close,
}
