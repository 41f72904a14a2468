using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>Whose turn it is: a rule, else the user's key, else the split; and what goes along with that.</content>
internal sealed partial class Session
{
    private const int AddressBytesMax = 16;

    private ServiceModel? FindService(Exchange exchange)
    {
        var request = exchange.Request;
        var received = RequestBytes(exchange);
        return exchange.Listener!.Routes.Match(request.Authority.Of(received), request.Path.Of(received));
    }

    private void Choose(Exchange exchange, ServiceModel service)
    {
        worker.Begin(exchange, service);
        exchange.Charged = exchange.Version = service.LooksAtRequests ? ChooseByRequest(exchange, service) : service.PickVersion();
        SetRequestId(exchange);
    }

    private VersionModel ChooseByRequest(Exchange exchange, ServiceModel service)
    {
        var received = RequestBytes(exchange);
        Span<byte> address = stackalloc byte[AddressBytesMax];
        var view = new RequestView
        {
            Head = exchange.Request,
            Bytes = received,
            ClientAddress = service.LooksAtClientAddress ? address[..FindClient(exchange, received, address)] : default,
            Countries = worker.Snapshot.Snapshot.Countries,
        };
        scoped ReadOnlySpan<byte> key = default;
        var hasKey = service.Affinity is { } affinity && (affinity.TryGetKey(view, out key) || TryAssignKey(exchange, affinity, out key));
        if (hasKey) exchange.Features = FeaturesOf(service, key);
        exchange.Rule = service.Rules.Match(view);
        if (exchange.Rule >= 0) return service.VersionOf(exchange.Rule);
        if (!hasKey) return service.PickVersion();
        exchange.HasUser = true;
        exchange.UserHash = service.Affinity!.Hash(key);
        return service.PickVersion(AffinityModel.BucketOf(exchange.UserHash));
    }

    /// <summary>The client's address: the peer's, or the one that a trusted proxy names.</summary>
    private int FindClient(Exchange exchange, ReadOnlySpan<byte> received, Span<byte> destination)
    {
        Span<byte> peer = stackalloc byte[AddressBytesMax];
        return ClientAddress.Find(exchange.Request, received, peer[..client.Peer.CopyTo(peer)], exchange.Listener!.TrustedProxies, destination);
    }

    private bool TryAssignKey(Exchange exchange, AffinityModel affinity, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (affinity.Assign is null) return false;
        exchange.NewKey ??= new byte[AffinityModel.NewKeyBytes];
        worker.Ids.NextKey(exchange.NewKey);
        exchange.AssignsKey = true;
        key = exchange.NewKey;
        return true;
    }

    private static ulong FeaturesOf(ServiceModel service, ReadOnlySpan<byte> key)
    {
        var on = 0UL;
        for (var i = 0; i < service.Features.Length; i++)
            if (service.Features[i].IsOn(key)) on |= 1UL << i;
        return on;
    }

    /// <summary>Keeps the request's ID, if it has a valid one, else makes one.</summary>
    private void SetRequestId(Exchange exchange)
    {
        var request = exchange.Request;
        var received = request.RequestIdValue.Of(RequestBytes(exchange));
        exchange.RequestIdIsNew = !RequestId.IsValid(received);
        if (exchange.RequestIdIsNew)
        {
            worker.Ids.Next(worker.UnixMs, exchange.RequestId);
            exchange.RequestIdLength = RequestIdGenerator.IdBytes;
            return;
        }

        received.CopyTo(exchange.RequestId);
        exchange.RequestIdLength = received.Length;
    }

    private static ReadOnlySpan<byte> RequestIdOf(Exchange exchange) => exchange.RequestId.AsSpan(0, exchange.RequestIdLength);
}
