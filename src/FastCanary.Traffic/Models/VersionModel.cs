using System.Collections.Immutable;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>A version of a service: its weight in the service's split and the endpoints that serve it.</summary>
public sealed class VersionModel
{
    private readonly string _name = "";
    private readonly ImmutableArray<EndpointModel> _endpoints;

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
    public required int Weight { get; init; }

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
        }
    }

    /// <summary>The order in which <see cref="Endpoints"/> take their turns.</summary>
    public SplitTable EndpointSplit { get; private init; } = null!;

    /// <summary>Takes the version's next turn. Exact over all loops; no lock, no allocation.</summary>
    public EndpointModel PickEndpoint()
    {
        SplitTable split = EndpointSplit;
        return _endpoints[split.Pick(split.CycleLength == 1 ? 0 : State.EndpointCounter.Next())];
    }
}
