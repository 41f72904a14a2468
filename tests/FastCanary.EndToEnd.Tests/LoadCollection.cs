namespace FastCanary.EndToEnd.Tests;

/// <summary>Tests that take all the machine has: one at a time, and nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LoadCollection
{
    public const string Name = "load";
}
