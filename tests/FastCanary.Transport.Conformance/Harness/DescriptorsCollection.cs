namespace FastCanary.Transport.Conformance;

/// <summary>Tests that need most of the process's descriptors, or take them away: alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DescriptorsCollection
{
    public const string Name = "descriptors";
}
