namespace FastCanary.Traffic;

/// <summary>Where a user's key is.</summary>
public enum AffinityKeySource : byte
{
    /// <summary>The value of a request field.</summary>
    Header,

    /// <summary>The value of a cookie.</summary>
    Cookie,

    /// <summary>The value of a parameter of the query.</summary>
    Query,

    /// <summary>The client's address.</summary>
    ClientIp,
}
