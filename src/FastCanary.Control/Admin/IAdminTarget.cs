using System.Buffers;

namespace FastCanary.Control;

/// <summary>
/// What the admin API reads and changes. Every member may be called by any thread, several at a time, and may take its time: it may lock, and a change
/// returns when it is journalled and in force. Nothing here is on a request's way.
/// </summary>
internal interface IAdminTarget
{
    /// <summary>Whether new requests are taken.</summary>
    Readiness Readiness { get; }

    /// <summary>The process and all services.</summary>
    StatusReport Status();

    /// <summary>One service; null where there is none of this name.</summary>
    ServiceReport? Service(string name);

    /// <summary>Puts weights in force; versions that are not named keep theirs.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="weights">By version, 0 to 65535. Every name is a version's and one weight would be above 0 at the time of the call: who changes the configuration at the same time may make it <see cref="ChangeOutcome.Invalid"/>.</param>
    /// <param name="actor">Who asks, for the journal.</param>
    ChangeResult SetWeights(string service, IReadOnlyDictionary<string, int> weights, string actor);

    /// <summary>Gives the canary a share of the requests, and the baseline the rest. Conflicts where the service has no canary.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="basisPoints">0 to 10,000; 2,000 is a fifth.</param>
    /// <param name="actor">Who asks, for the journal.</param>
    ChangeResult SetCanaryShare(string service, int basisPoints, string actor);

    /// <summary>Commands a rollout. Conflicts where the phase forbids it, or the service has no rollout.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="verb">What to do.</param>
    /// <param name="full">For <see cref="RolloutVerb.Promote"/>: to the end of the plan at once; else to the next step.</param>
    /// <param name="actor">Who asks, for the journal.</param>
    ChangeResult Command(string service, RolloutVerb verb, bool full, string actor);

    /// <summary>The last lines of a service's journal, newest first, each one JSON object; null where there is no such service.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="limit">The most lines, 1 to 1,000.</param>
    IReadOnlyList<ReadOnlyMemory<byte>>? Journal(string service, int limit);

    /// <summary>Reads the configuration again; one with an error changes nothing.</summary>
    /// <param name="actor">Who asks, for the journal and the log.</param>
    ReloadReport Reload(string actor);

    /// <summary>Writes all metrics in Prometheus' text format 0.0.4.</summary>
    void WriteMetrics(IBufferWriter<byte> output);
}
