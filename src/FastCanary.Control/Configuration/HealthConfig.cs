namespace FastCanary.Control;

/// <summary><c>services.NAME.health</c>: how endpoints are asked whether they are well.</summary>
public sealed class HealthConfig
{
    /// <summary>What is asked for with GET; null: a connection is all that is asked for.</summary>
    public string? Path { get; internal set; }

    /// <summary>From the begin of a check to that of the next.</summary>
    public TimeSpan Interval { get; internal set; } = TimeSpan.FromSeconds(2);

    /// <summary>For a check as a whole; at most <see cref="Interval"/>.</summary>
    public TimeSpan Timeout { get; internal set; } = TimeSpan.FromSeconds(1);

    /// <summary>So many good checks in a row bring an endpoint up.</summary>
    public int Rise { get; internal set; } = 2;

    /// <summary>So many bad checks in a row take an endpoint down.</summary>
    public int Fall { get; internal set; } = 3;

    /// <summary>What an answer's status must be.</summary>
    public StatusSet Statuses { get; internal set; } = StatusSet.Of(200);

    /// <summary>Text that the first 64 KiB of an answer's body must hold; empty: any body does.</summary>
    public string Body { get; internal set; } = "";

    /// <summary>How much an interval may be longer or shorter, in hundredths of a percent, so that checks do not fall together.</summary>
    public int JitterBasisPoints { get; internal set; } = 1000;

    /// <summary>The port that is asked; 0: the endpoint's own.</summary>
    public int Port { get; internal set; }

    /// <summary>The Host field; empty: the endpoint's address as written.</summary>
    public string Host { get; internal set; } = "";
}
