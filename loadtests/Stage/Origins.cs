namespace FastCanary.LoadTests.Stage;

/// <summary>All endpoints of the stage's configuration.</summary>
internal sealed class Origins : IDisposable
{
    private readonly OriginLoop _loop = new();
    private readonly List<IDisposable> _others = [];

    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public Origins(OriginAddresses addresses)
    {
        try
        {
            Stable1 = Serve(new HttpOrigin("stable-1", "stable", addresses.Stable1));
            Stable2 = Serve(new HttpOrigin("stable-2", "stable", addresses.Stable2));
            Canary1 = Serve(new HttpOrigin("canary-1", "canary", addresses.Canary1));
            Preview1 = Serve(new HttpOrigin("preview-1", "preview", addresses.Preview1));
            All = [Stable1, Stable2, Canary1, Preview1];
            Bulk = Keep(new BulkOrigin(addresses.Bulk));
            WebSocket = Keep(new WebSocketOrigin(addresses.WebSocket));
            TcpStable = Keep(new TcpEchoOrigin("stable", addresses.TcpStable));
            TcpCanary = Keep(new TcpEchoOrigin("canary", addresses.TcpCanary));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public HttpOrigin Stable1 { get; }

    public HttpOrigin Stable2 { get; }

    public HttpOrigin Canary1 { get; }

    public HttpOrigin Preview1 { get; }

    public IReadOnlyList<HttpOrigin> All { get; }

    /// <summary>Of <see cref="Services.Bulk"/>.</summary>
    public BulkOrigin Bulk { get; }

    /// <summary>Of <see cref="Services.WebSocket"/>.</summary>
    public WebSocketOrigin WebSocket { get; }

    /// <summary>Of <see cref="Services.Tcp"/>.</summary>
    public TcpEchoOrigin TcpStable { get; }

    /// <summary>Of <see cref="Services.Tcp"/>.</summary>
    public TcpEchoOrigin TcpCanary { get; }

    /// <summary>Takes an endpoint down: it listens no more, and its connections are reset.</summary>
    public void TakeDown(HttpOrigin origin) => _loop.TakeDown(origin);

    /// <summary>Lets it come back at its address.</summary>
    public void BringUp(HttpOrigin origin) => _loop.BringUp(origin);

    /// <summary>All of them are up, well, quick and without failures again.</summary>
    public void Restore()
    {
        foreach (HttpOrigin origin in All)
        {
            (origin.IsUnwell, origin.Hangs, origin.DelaySeconds, origin.FailureShare) = (false, false, 0, 0);
            BringUp(origin);
        }
    }

    public void Dispose()
    {
        foreach (IDisposable other in _others) other.Dispose();
        _loop.Dispose();
    }

    private HttpOrigin Serve(HttpOrigin origin)
    {
        _loop.Add(origin);
        return origin;
    }

    private T Keep<T>(T origin)
        where T : IDisposable
    {
        _others.Add(origin);
        return origin;
    }
}
