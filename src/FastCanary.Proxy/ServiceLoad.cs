namespace FastCanary.Proxy;

/// <summary>What of a service is under way on one loop. Other loops read it for the retry budget.</summary>
internal struct ServiceLoad
{
    /// <summary>Requests under way.</summary>
    public int Active;

    /// <summary>Those of them that were sent again.</summary>
    public int Retrying;
}
