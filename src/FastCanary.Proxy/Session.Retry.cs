using FastCanary.Http;
using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <content>What is sent again, and where to. Only what law 4 allows: an idempotent request, or one of which nothing was sent; and only within the budget.</content>
internal sealed partial class Session
{
    /// <summary>The try has failed before a byte of its response went to the client: it is counted, and sent again or answered.</summary>
    private Step FailTry(Exchange exchange, RetryCauses cause, int status, ReadOnlySpan<byte> text, ExchangeOutcome outcome)
    {
        worker.CountFailure(exchange, outcome, exchange.Upstream!.Failure);
        if (TrySendElsewhere(exchange, cause) is { } step) return step;
        CloseUpstream(exchange);
        return Answer(exchange, status, text, outcome);
    }

    /// <summary>Sends the request again: within its version where that may help, else to the baseline.</summary>
    /// <returns>Null where it may not be sent again.</returns>
    private Step? TrySendElsewhere(Exchange exchange, RetryCauses cause)
    {
        if (exchange.Service!.Retry is null || exchange is { RequestReleased: true } or { InterimCount: > 0 }) return null;
        var unsent = exchange.Upstream!.Output.BytesSent == exchange.UpstreamSentBefore;
        if ((!unsent && !exchange.Request.Method.IsIdempotent()) || !worker.TryMoveOn(exchange, cause)) return null;
        CloseUpstream(exchange);
        client.CancelOnHangup = null;
        exchange.SentAgain = false;
        return Place(exchange);
    }

    /// <summary>The upstream has answered with an error of its own: that is counted, and another may answer in its stead.</summary>
    /// <returns>Null where the answer stands.</returns>
    private Step? FailAnswer(Exchange exchange)
    {
        worker.CountFailed(exchange, OutlierFailures.Status5xx);
        return TrySendElsewhere(exchange, CauseOf(exchange.Response.Status));
    }

    private static RetryCauses CauseOf(int status) => status switch
    {
        500 => RetryCauses.Status500,
        502 => RetryCauses.Status502,
        503 => RetryCauses.Status503,
        504 => RetryCauses.Status504,
        _ => RetryCauses.StatusOther5xx,
    };
}
