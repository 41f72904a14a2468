using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>Which endpoint a request gets, and what it waits for before it has one: a drill's delay, a connection to spare.</content>
internal sealed partial class Session
{
    /// <summary>Gives the exchange an endpoint of its version.</summary>
    private Step Place(Exchange exchange)
    {
        switch (worker.Place(exchange))
        {
            case Placement.Done: return Step.Forward;
            case Placement.QueueFull: return Answer(exchange, 503, "every endpoint has its most connections, and too many requests wait"u8, ExchangeOutcome.QueueFull);
            default:
                client.CancelOnHangup = exchange.Wait;
                return Step.Wait;
        }
    }

    /// <summary>Whether the service's fault drill takes this request.</summary>
    private static bool IsDrilled(Exchange exchange) =>
        exchange.Service!.Fault is { } fault && exchange.Version!.Index == fault.VersionIndex && fault.Share.Pick(exchange.Service.State.FaultCounter.Next()) == 1;

    private Step BeginDrill(Exchange exchange)
    {
        var fault = exchange.Service!.Fault!;
        worker.CountersOf(exchange.Version!).Faults++;
        if (fault.DelayMaxMs == 0) return AfterDrill(exchange);
        exchange.IsDelayed = true;
        worker.BeginWait(exchange, Math.Max(1, worker.Random.Next(fault.DelayMinMs, fault.DelayMaxMs + 1)));
        client.CancelOnHangup = exchange.Wait;
        return Step.Wait;
    }

    private Step AfterDrill(Exchange exchange)
    {
        var fault = exchange.Service!.Fault!;
        if (fault.Status == 0) return Place(exchange);
        exchange.HasFailed |= exchange.Service.IsFailure(fault.Status);
        if (fault.Status >= 500) worker.CountersOf(exchange.Version!).Failures++;
        return Answer(exchange, fault.Status, "a fault drill of FastCanary answered"u8, ExchangeOutcome.FaultInjected);
    }

    private Step AfterWait(Exchange exchange, LoopWaitResult result)
    {
        client.CancelOnHangup = null;
        if (client.IsClosed || (result == LoopWaitResult.Cancelled && (client.PeerGone || client.DeadlinePassed))) return AbandonClient(exchange);
        // Given a connection, or sent away from a queue that has none to give: also in the moment in which its time was up.
        if (!exchange.IsDelayed && exchange.Ticket == 0)
        {
            Worker.EndWait(exchange, client);
            return exchange.Endpoint is null ? Place(exchange) : Step.Forward;
        }

        if (result == LoopWaitResult.Cancelled)
        {
            if (!worker.TryWaitOn(exchange, client)) return AbandonClient(exchange);
            client.CancelOnHangup = exchange.Wait;
            return Step.Wait;
        }

        Worker.EndWait(exchange, client);
        if (exchange.IsDelayed)
        {
            exchange.IsDelayed = false;
            return AfterDrill(exchange);
        }

        worker.LeaveQueue(exchange);
        exchange.HasFailed = true;
        return Answer(exchange, 503, "no endpoint had a connection to spare in time"u8, ExchangeOutcome.QueueTimedOut);
    }
}
