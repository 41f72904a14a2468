using System.Net;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>One <c>host:port</c> that serves a version.</summary>
public sealed class EndpointModel
{
    private readonly string _name = "";

    /// <summary>As configured: <c>host:port</c>.</summary>
    public required string Name
    {
        get => _name;
        init
        {
            _name = value;
            AuthorityUtf8 = Encoding.UTF8.GetBytes(value);
        }
    }

    /// <summary><see cref="Name"/> in UTF-8.</summary>
    public byte[] AuthorityUtf8 { get; private init; } = [];

    /// <summary>Where to connect to. A name that now stands for another address keeps its <see cref="State"/> and changes this.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>Its weight among the version's endpoints, 0 to 65535.</summary>
    public required int Weight { get; init; }

    /// <summary>The most connections in use at a time, over all loops; 0 means no limit.</summary>
    public int ConnectionsMax { get; init; }

    /// <summary>What outlives a reload.</summary>
    public required EndpointState State { get; init; }
}
