using FastCanary.Decisions.Streams;

namespace FastCanary.Decisions.Deciders;

/// <summary>Watches one run, and says when it would abort the release.</summary>
internal abstract class Decider
{
    /// <summary>As a column's head.</summary>
    public abstract string Name { get; }

    /// <summary>Judges once a minute: what it is shown then is the whole minute.</summary>
    public virtual bool IsByMinute => true;

    /// <summary>Takes a look, or a minute; true where it aborts.</summary>
    public abstract bool Observe(Look look);

    /// <summary>All that are tried on a cell; FastCanary's own first.</summary>
    public static Decider[] AllFor(Cell cell)
    {
        if (cell.IsLatency)
            return [new RolloutDecider(cell), new LatencyStrikesDecider(1), new LatencyStrikesDecider(4), new LatencyStrikesDecider(10)];
        Decider[] all = [new RolloutDecider(cell), new StrikesDecider(1), new StrikesDecider(4), new StrikesDecider(10), new ProportionDecider(), new MannWhitneyDecider()];
        return cell.Traffic == TrafficKind.Users ? [.. all, new RequestLabelDecider()] : all;
    }
}
