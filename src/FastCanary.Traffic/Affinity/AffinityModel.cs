namespace FastCanary.Traffic;

/// <summary>By what a service's users stay on a version.</summary>
/// <param name="source">Where the key is.</param>
/// <param name="name">The name of the field, cookie or parameter; empty for <see cref="AffinityKeySource.ClientIp"/>.</param>
/// <param name="salt">What decides who is moved first.</param>
/// <param name="assign">The cookie that a user without a key is given; null: none is.</param>
public sealed class AffinityModel(AffinityKeySource source, string name, string salt, AffinityCookie? assign)
{
    /// <summary>The cookie that a user without a key is given; null: none is.</summary>
    public AffinityCookie? Assign { get; } = assign;

    /// <summary>Where the key is.</summary>
    public AffinityKeySource Source { get; } = source;

    /// <summary>The name of the field, cookie or parameter.</summary>
    public string Name { get; } = name;

    /// <summary>What decides who is moved first.</summary>
    public string Salt { get; } = salt;
}
