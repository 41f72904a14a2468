using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// Bytes both ways between two connections until both have ended, with half-close: one side's end is passed on and the other goes on.
/// A reset of one side, or no byte either way for the idle time, ends both. Loop's thread only.
/// </summary>
internal sealed class Tunnel(Connection client, Exchange exchange)
{
    private readonly Connection _upstream = exchange.Upstream!;
    private readonly int _idleTimeoutMs = exchange.Service!.TunnelTimeoutMs;
    private bool _broken;

    public async ValueTask RunAsync()
    {
        Rearm();
        var up = PumpAsync(client, _upstream);
        await PumpAsync(_upstream, client);
        await up;
        if (!_broken) return;
        client.Abort();
        _upstream.Abort();
    }

    private async Task PumpAsync(Connection from, Connection to)
    {
        while (true)
        {
            var read = await from.Input.ReceiveAsync();
            if (HasBroken(from)) break;
            var length = from.Input.BufferedLength;
            if (length == 0)
            {
                if (!read.IsCompleted) continue;
                to.ShutdownOutput();
                return;
            }

            Rearm();
            var written = await to.Output.SendAsync(from.Input.BufferedMemory);
            if (written.IsCompleted || HasBroken(to)) break;
            if (from == client) exchange.TunnelBytesIn += length;
            else exchange.TunnelBytesOut += length;
            from.Input.Advance(length);
        }

        Break();
    }

    // On both: whichever of the two a pump waits for, its deadline wakes it.
    private void Rearm()
    {
        client.SetDeadline(_idleTimeoutMs);
        _upstream.SetDeadline(_idleTimeoutMs);
    }

    private bool HasBroken(Connection side) => _broken || client.DeadlinePassed || _upstream.DeadlinePassed || side.PeerGone;

    private void Break()
    {
        if (_broken) return;
        _broken = true;
        foreach (var side in (ReadOnlySpan<Connection>)[client, _upstream])
        {
            side.Input.CancelPendingRead();
            side.Output.CancelPendingFlush();
        }
    }
}
