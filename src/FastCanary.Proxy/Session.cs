using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// One client connection for its whole life: reads a request, finds its version, relays it and the response, and begins anew.
/// <see cref="RunAsync"/> is the flow, and awaits; whatever it decides by is a method that does not. Loop's thread only.
/// </summary>
/// <remarks>
/// One flat async method, because a suspended call inside a suspended call costs 110 to 150 ns a request (docs/architecture.md). In the common case
/// it waits twice: for the request, and for the response's head. A request's bytes stay in the client's buffer until the response begins, so
/// that the request can be sent again where that is allowed.
/// </remarks>
internal sealed partial class Session(Worker worker, Connection client, ListenerModel opened)
{
    private Exchange? _exchange;

    public async LoopTask RunAsync()
    {
        worker.Sessions++;
        try
        {
            BeginConnection();
            if (ProxyProtocol.IsExpected(_model, client))
            {
                Step header;
                do header = TakeProxyHeader(await client.Input.ReceiveAsync());
                while (header == Step.NeedMore);
                if (header == Step.Close) return;
            }

            while (true)
            {
                var step = Step.Forward;
                if (_exchange is null)
                {
                    do
                    {
                        client.IsIdle = _exchange is null;
                        step = TakeRequestHead(await client.Input.ReceiveAsync());
                    }
                    while (step == Step.NeedMore);
                    if (step == Step.Close) return;
                }

                var exchange = _exchange!;
                while (step is Step.Forward or Step.Wait)
                {
                    if (step == Step.Wait)
                    {
                        step = AfterWait(exchange, await exchange.Wait!);
                        continue;
                    }

                    step = BeginSending(exchange);
                    if (step == Step.AwaitResponse) step = AfterSending(exchange, await Sending(exchange));
                    while (step == Step.AwaitResponse) step = TakeResponseHead(exchange, await exchange.Upstream!.Input.ReceiveAsync());
                    if (step == Step.SendAgain) step = DropForAnotherTry(exchange);
                }

                while (step == Step.Relay)
                {
                    step = NextPiece(exchange);
                    if (step == Step.NeedMore)
                    {
                        step = TakeResponseBody(exchange, await exchange.Upstream!.Input.ReceiveAsync());
                    }
                    else if (step == Step.Splice)
                    {
                        step = TakeSpliced(exchange, await exchange.Upstream!.Input.FillAsync(exchange.ResponsePipe!, exchange.ResponseBody.OpaqueBytes));
                    }

                    if (step is Step.SendPiece or Step.SendSpliced) step = AfterFlush(exchange, await SendingToClient(exchange, step), Step.Relay);
                }

                if (exchange.Upload != UploadState.None)
                {
                    if (exchange.Upload == UploadState.Running) StopUpload(exchange);
                    await exchange.UploadTask;
                }

                if (step == Step.Tunnel)
                {
                    BeginTunnel(exchange);
                    var flushed = await client.Output.SendAsync();
                    if (!flushed.IsCompleted && !flushed.IsCanceled) await new Tunnel(client, exchange).RunAsync();
                    return;
                }

                if (step == Step.Answer) step = AfterAnswer(await client.Output.SendAsync());
                if (!EndExchange(exchange, step)) return;
            }
        }
#pragma warning disable CA1031 // A bug in one session ends that session, is counted and reported, and spares the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            worker.ReportBug(e);
            // What the exchange refers to may still be in use by its upload: it is not given back.
            if (_exchange is { } broken)
            {
                broken.Outcome = ExchangeOutcome.InternalError;
                broken.Upstream?.Abort();
                worker.Settle(broken);
                if (broken.CountsAsAhead) worker.Ahead--;
                _exchange = broken.Next;
            }

            client.Abort();
        }
        finally
        {
            DropExchanges();
            if (!_closesGracefully) client.Close();
            // Last: whoever sees no session any more, as a drain does, finds nothing of one either.
            worker.Sessions--;
        }
    }
}
