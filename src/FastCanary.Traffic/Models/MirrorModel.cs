namespace FastCanary.Traffic;

/// <summary>A share of a service's requests is also sent to a version that nobody waits for.</summary>
public sealed class MirrorModel
{
    /// <summary>The version's place in <see cref="ServiceModel.Versions"/>. Requests that go there anyway are not mirrored.</summary>
    public required int VersionIndex { get; init; }

    /// <summary>Which requests: choice 1 of <see cref="SplitTable.OfShare"/>.</summary>
    public required SplitTable Share { get; init; }

    /// <summary>The largest request body that is mirrored, in bytes; a request with a larger one is not.</summary>
    public required int RequestBodyBytesMax { get; init; }

    /// <summary>How the two responses are compared; null: they are not.</summary>
    public required MirrorComparison? Comparison { get; init; }
}
