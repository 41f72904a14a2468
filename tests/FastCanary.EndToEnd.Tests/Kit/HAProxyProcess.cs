namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A real HAProxy of one process, with a folder of its own.</summary>
internal sealed class HAProxyProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ChildProcess _process;

    /// <param name="proxies">Its sections behind <c>defaults</c>.</param>
    /// <param name="ports">Where it listens.</param>
    public HAProxyProcess(string proxies, params IEnumerable<int> ports)
    {
        var haproxy = Tool.HAProxy();
        var config = _folder.Write("haproxy.cfg", $"""
            global
              maxconn 1000
            defaults
              timeout connect 20s
              timeout client 20s
              timeout server 20s
            {proxies}

            """);
        // In the foreground.
        _process = new ChildProcess(haproxy, ["-db", "-f", config], _folder.Path);
        foreach (var port in ports) Eventually.Holds(() => _process.HasExited || !Ports.Refuses(port), () => $"haproxy listens on {port}");
        if (_process.HasExited) Assert.Fail("haproxy ended at its start:\n" + string.Join('\n', _process.Errors));
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }
}
