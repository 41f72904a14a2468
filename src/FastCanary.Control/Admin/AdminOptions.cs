namespace FastCanary.Control;

/// <summary>Who may use the admin API.</summary>
internal sealed record AdminOptions
{
    /// <summary>Needed for what changes anything; empty: nothing is, on a loopback address.</summary>
    public string OperatorToken { get; init; } = "";

    /// <summary>Needed, or the operator's, for what reads; empty: nothing is, on a loopback address.</summary>
    public string ViewerToken { get; init; } = "";

    /// <summary>Origins of other sites' pages that may use the API, as a browser names them: <c>https://ops.example</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>What one client is given.</summary>
    public AdminLimits Limits { get; init; } = new();
}
