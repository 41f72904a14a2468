namespace FastCanary.Proxy;

/// <content>A share of the requests is also sent to another version: what passes is copied, and nothing is waited for (<see cref="MirrorCopy"/>).</content>
internal sealed partial class Session
{
    /// <summary>The request's first head was written: decides whether it is mirrored. A later one is the same request once more.</summary>
    private void BeginMirror(Exchange exchange, ReadOnlySpan<byte> headAsSent)
    {
        if (exchange.Service!.Mirror is not { } mirror) return;
        if (exchange.IsMirrorDecided)
        {
            exchange.Mirror?.RestartRequest();
            return;
        }

        exchange.IsMirrorDecided = true;
        // A mirrored request that comes by again would be mirrored without end.
        if (exchange.Request.FindField(RequestBytes(exchange), "x-canary-mirrored"u8) >= 0) return;
        var target = exchange.Service!.Versions[mirror.VersionIndex];
        if (target.State != exchange.Version!.State && !target.State.IsBarred && mirror.Share.Pick(exchange.Service.State.MirrorCounter.Next()) == 1)
            exchange.Mirror = MirrorCopy.TryBegin(worker, exchange.Service, mirror, exchange.Version, exchange.Request, headAsSent);
    }

    private static void EndMirror(Exchange exchange, Step step)
    {
        if (exchange.Mirror is not { } copy) return;
        exchange.Mirror = null;
        copy.ResponseComplete(whole: step == Step.Finished);
    }
}
