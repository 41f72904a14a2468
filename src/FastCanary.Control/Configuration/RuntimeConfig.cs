namespace FastCanary.Control;

/// <summary><c>runtime</c>: what holds for the process. It is read at start; a reload does not change it.</summary>
public sealed class RuntimeConfig
{
    /// <summary>How connections are driven.</summary>
    public TransportChoice Transport { get; internal set; } = TransportChoice.Auto;

    /// <summary>How many loops; 0 means one per core.</summary>
    public int Loops { get; internal set; }
}
