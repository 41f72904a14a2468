namespace FastCanary.Traffic;

/// <summary>What happens to a field that tells the origin about the client.</summary>
public enum ForwardedMode : byte
{
    /// <summary>It is not written; one that a trusted proxy sent passes, any other is removed.</summary>
    Off,

    /// <summary>The client is added to what a trusted proxy sent; what anybody else sent is replaced.</summary>
    Append,

    /// <summary>Whatever was sent is replaced.</summary>
    Replace,
}
