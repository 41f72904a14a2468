namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rollout.notify</c>: who is told of decisions.</summary>
public sealed class NotifyConfig
{
    /// <summary>How it is told.</summary>
    public NotifyTarget Target { get; internal set; }

    /// <summary>Where: absolute, http or https, without user name. A webhook's may be a secret: it goes into no log and no error.</summary>
    public Uri? Url { get; internal set; }

    /// <summary>The kinds of decisions that are told, each once: <c>started</c>, <c>advanced</c>, <c>paused</c>, <c>held</c>, <c>promoted</c>, <c>aborted</c>, <c>undone</c>, <c>completed</c>.</summary>
    public IReadOnlyList<string> On { get; internal set; } = ["aborted", "promoted", "paused"];
}
