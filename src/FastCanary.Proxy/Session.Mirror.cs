namespace FastCanary.Proxy;

/// <content>A share of the requests is also sent to another version: what passes is copied, and nothing is waited for (<see cref="MirrorCopy"/>).</content>
internal sealed partial class Session
{
    /// <summary>The request's first head was written: decides whether it is mirrored. A later one is the same request once more.</summary>
    private void BeginMirror(Exchange exchange, ReadOnlySpan<byte> headAsSent)
    {
        if (exchange.Service!.Mirror is not { } mirror || mirror.VersionIndex == exchange.Version!.Index) return;
        if (exchange.SentAgain) exchange.Mirror?.RestartRequest();
        else if (mirror.Share.Pick(exchange.Service.State.MirrorCounter.Next()) == 1)
            exchange.Mirror = MirrorCopy.TryBegin(worker, exchange.Service, mirror, exchange.Version, exchange.Request, headAsSent);
    }

    private static void EndMirror(Exchange exchange, Step step)
    {
        if (exchange.Mirror is not { } copy) return;
        exchange.Mirror = null;
        copy.ResponseComplete(whole: step == Step.Finished);
    }
}
