using System.Collections.Immutable;

namespace FastCanary.Traffic;

/// <summary>
/// All that a request needs to know about where it goes, frozen. The control plane compiles a new one and publishes it by one write
/// of a reference; a request reads that reference once and is immune to whatever comes after.
/// </summary>
public sealed class Snapshot
{
    /// <summary>In the order of the configuration; at least one.</summary>
    public required ImmutableArray<ListenerModel> Listeners { get; init; }

    /// <summary>In the order of the configuration; at least one.</summary>
    public required ImmutableArray<ServiceModel> Services { get; init; }

    /// <summary>Every endpoint of every version of every service, in the order of the configuration.</summary>
    public required ImmutableArray<EndpointModel> Endpoints { get; init; }

    /// <summary>Where clients' countries are looked up; null where no database is configured.</summary>
    public CountryDatabase? Countries { get; init; }

    /// <summary>The service of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ServiceModel Service(string name)
    {
        foreach (ServiceModel service in Services)
        {
            if (service.Name == name) return service;
        }

        throw new KeyNotFoundException($"no service {name}");
    }

    /// <summary>The same with other splits: everything that is compiled from the configuration is kept as it is.</summary>
    /// <param name="services">For each service its successor, or itself.</param>
    public Snapshot With(Func<ServiceModel, ServiceModel> services)
    {
        var changed = new Dictionary<string, ServiceModel>(Services.Length, StringComparer.Ordinal);
        foreach (ServiceModel service in Services)
            changed.Add(service.Name, services(service));
        var listeners = ImmutableArray.CreateBuilder<ListenerModel>(Listeners.Length);
        foreach (ListenerModel listener in Listeners)
            listeners.Add(listener.With(changed));
        var successors = ImmutableArray.CreateBuilder<ServiceModel>(Services.Length);
        foreach (ServiceModel service in Services)
            successors.Add(changed[service.Name]);
        return new Snapshot { Listeners = listeners.MoveToImmutable(), Services = successors.MoveToImmutable(), Endpoints = Endpoints, Countries = Countries };
    }
}
