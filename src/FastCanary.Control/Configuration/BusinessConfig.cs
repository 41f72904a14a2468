namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.business</c>: how business errors are judged, which endpoints tell by a response field.</summary>
public sealed class BusinessConfig
{
    /// <summary>The field; a response with it is a business error.</summary>
    public string Header { get; internal set; } = "";

    /// <summary>How many the canary may cause.</summary>
    public int Max { get; internal set; }
}
