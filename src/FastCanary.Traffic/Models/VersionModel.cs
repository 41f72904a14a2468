using System.Collections.Immutable;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>A version of a service: its weight in the service's split and the endpoints that serve it.</summary>
public sealed class VersionModel
{
    private readonly string _name = "";
    private readonly ImmutableArray<EndpointModel> _endpoints;
    private int _weight;
    private EndpointChoice? _choice;

    /// <summary>As configured.</summary>
    public required string Name
    {
        get => _name;
        init
        {
            _name = value;
            NameUtf8 = Encoding.UTF8.GetBytes(value);
        }
    }

    /// <summary><see cref="Name"/> in UTF-8, for a header field.</summary>
    public byte[] NameUtf8 { get; private init; } = [];

    /// <summary>Its place in <see cref="ServiceModel.Versions"/>.</summary>
    public required int Index { get; init; }

    /// <summary>Its weight among the service's versions, 0 to 65535; 0 takes it out of the split.</summary>
    public required int Weight
    {
        get => _weight;
        init => _weight = value;
    }

    /// <summary>Its release was aborted: no request goes to it, whatever a rule says; the baseline stands in.</summary>
    public bool IsBarred { get; private set; }

    /// <summary>What outlives a reload.</summary>
    public required VersionState State { get; init; }

    /// <summary>In the order of the configuration; at least one with a weight above 0.</summary>
    /// <exception cref="ArgumentException">The weights cannot be split (<see cref="SplitTable.Compile"/>).</exception>
    public required ImmutableArray<EndpointModel> Endpoints
    {
        get => _endpoints;
        init
        {
            _endpoints = value;
            var weights = new int[value.Length];
            for (int i = 0; i < weights.Length; i++)
                weights[i] = value[i].Weight;
            EndpointSplit = SplitTable.Compile(weights);
            foreach (EndpointModel endpoint in value)
                HasConnectionsMax |= endpoint.ConnectionsMax > 0;
        }
    }

    /// <summary>The order in which <see cref="Endpoints"/> take their turns.</summary>
    public SplitTable EndpointSplit { get; private init; } = null!;

    /// <summary>Whether an endpoint has a bound for its connections.</summary>
    public bool HasConnectionsMax { get; private init; }

    /// <summary>How long an endpoint that comes back takes to its full weight, in milliseconds; 0: at once.</summary>
    public int SlowStartMs { get; init; }

    /// <summary>The same version with another weight.</summary>
    /// <param name="weight">0 to 65535.</param>
    /// <param name="isBarred">Whether it gets no request at all.</param>
    public VersionModel With(int weight, bool isBarred)
    {
        if (weight == _weight && isBarred == IsBarred) return this;
        var copy = (VersionModel)MemberwiseClone();
        copy._weight = weight;
        copy.IsBarred = isBarred;
        return copy;
    }

    /// <summary>How many endpoints are available: neither ejected nor down, and of a weight above 0.</summary>
    /// <param name="nowMs">The loops' clock.</param>
    public int CountAvailable(long nowMs) => Choice(nowMs).Available.Length;

    /// <summary>Takes the version's next turn among its available endpoints. Exact over all loops while they stay the same; no lock, no allocation.</summary>
    /// <param name="nowMs">The loops' clock.</param>
    /// <returns>Null where no endpoint is available.</returns>
    public EndpointModel? PickEndpoint(long nowMs) => Choice(nowMs).Pick(State.EndpointCounter);

    /// <summary>Takes the version's next turn among all its endpoints, whatever their state: for when nothing is available anywhere.</summary>
    public EndpointModel PickAnyEndpoint() => _endpoints[EndpointSplit.Pick(State.EndpointCounter.Next())];

    /// <summary>
    /// The version's next turn, but not one of the endpoints that were tried already, where there is another. A further try takes nobody's turn: else, of two endpoints,
    /// it would take the turn of the one that is well, and every request would go to the other one first.
    /// </summary>
    /// <param name="nowMs">The loops' clock.</param>
    /// <param name="tried">A bit for each place in <see cref="Endpoints"/>; from the 64th on places share bits.</param>
    /// <returns>Null where no endpoint is available.</returns>
    public EndpointModel? PickUntriedEndpoint(long nowMs, ulong tried)
    {
        EndpointChoice choice = Choice(nowMs);
        EndpointModel? turn = tried == 0 ? choice.Pick(State.EndpointCounter) : choice.Peek(State.EndpointCounter);
        if (turn is null || (TriedBit(turn) & tried) == 0) return turn;
        foreach (EndpointModel other in choice.Available)
        {
            if ((TriedBit(other) & tried) == 0) return other;
        }

        return turn;
    }

    /// <summary>The version's next turn among those of its available endpoints that have a connection to spare, which is taken.</summary>
    /// <param name="nowMs">The loops' clock.</param>
    /// <param name="tried">As in <see cref="PickUntriedEndpoint"/>.</param>
    /// <returns>Null where none has.</returns>
    public EndpointModel? TryTakeConnection(long nowMs, ulong tried)
    {
        EndpointModel? turn = PickUntriedEndpoint(nowMs, tried);
        if (turn is null || TryTake(turn)) return turn;
        EndpointChoice choice = Choice(nowMs);
        return TryTakeAmong(choice, tried, wereTried: false) ?? TryTakeAmong(choice, tried, wereTried: true);
    }

    /// <summary>As <see cref="TryTakeConnection"/>, among all its endpoints, whatever their state: for when nothing is available anywhere.</summary>
    public EndpointModel? TryTakeAnyConnection()
    {
        EndpointModel turn = PickAnyEndpoint();
        if (TryTake(turn)) return turn;
        foreach (EndpointModel other in _endpoints)
        {
            if (other != turn && other.Weight > 0 && TryTake(other)) return other;
        }

        return null;
    }

    /// <summary>The bit of an endpoint of this version.</summary>
    public ulong TriedBit(EndpointModel endpoint) => 1UL << (_endpoints.IndexOf(endpoint) & 63);

    private EndpointModel? TryTakeAmong(EndpointChoice choice, ulong tried, bool wereTried)
    {
        foreach (EndpointModel endpoint in choice.Available)
        {
            if ((TriedBit(endpoint) & tried) != 0 == wereTried && TryTake(endpoint)) return endpoint;
        }

        return null;
    }

    private static bool TryTake(EndpointModel endpoint) => endpoint.ConnectionsMax == 0 || endpoint.State.TryTakeConnection(endpoint.ConnectionsMax);

    private EndpointChoice Choice(long nowMs)
    {
        // Two loops that find it out of date make the same one.
        EndpointChoice? choice = Volatile.Read(ref _choice);
        if (choice is not null && choice.Epoch == State.AvailabilityEpoch && nowMs < choice.UntilMs) return choice;
        int epoch = State.AvailabilityEpoch;
        choice = EndpointChoice.Make(_endpoints, SlowStartMs, epoch, nowMs);
        Volatile.Write(ref _choice, choice);
        return choice;
    }
}
