namespace FastCanary.Transport;

/// <summary>
/// A pipe of the kernel through which bytes go from one connection to another without entering this process (splice(2)).
/// Rented from its loop for one body, and given back empty.
/// </summary>
public abstract class KernelPipe
{
    /// <summary>Bytes that lie in it.</summary>
    public int Length { get; internal set; }

    /// <summary>Bytes that it is filled with at most.</summary>
    public int Capacity { get; protected init; }

    /// <summary>Bytes that the fill under way asks for.</summary>
    internal int Wanted { get; set; }

    /// <summary>The next free one of the loop's pool.</summary>
    internal KernelPipe? NextFree { get; set; }

    /// <summary>Gives it back to the system, with what lies in it.</summary>
    internal abstract void Close();
}
