using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// A connection of a tcp listener: a rule, the client's address or the split decides once, then bytes go both ways. An endpoint that takes no connection has taken nothing, so another
/// may be tried whatever the client will send. Loop's thread only.
/// </summary>
internal sealed class TcpSession(Worker worker, Connection client, ListenerModel opened)
{
    private const int AddressBytesMax = 16;

    // Where the client wanted to go, if a PROXY header says so.
    private PeerAddress _destination;

    public async LoopTask RunAsync()
    {
        worker.Sessions++;
        var exchange = worker.RentExchange();
        try
        {
            var model = worker.Snapshot.Find(opened.State.Id) ?? opened;
            if (ProxyProtocol.IsExpected(model, client))
            {
                client.SetDeadline(model.RequestHeadTimeoutMs);
                ProxyHeaderStatus read;
                do read = ProxyProtocol.Take(client, await client.Input.ReceiveAsync(), ref _destination);
                while (read == ProxyHeaderStatus.NeedMore);
                if (read == ProxyHeaderStatus.Invalid)
                {
                    End(exchange, ExchangeOutcome.RequestRefused);
                    return;
                }

                client.ClearDeadline();
            }

            Choose(exchange, model.TcpService!);
            var placed = worker.Place(exchange);
            while (true)
            {
                if (placed == Placement.QueueFull)
                {
                    End(exchange, ExchangeOutcome.QueueFull);
                    return;
                }

                if (placed == Placement.Queued)
                {
                    client.CancelOnHangup = exchange.Wait;
                    var waited = await exchange.Wait!;
                    client.CancelOnHangup = null;
                    if (waited == LoopWaitResult.Cancelled && exchange.Ticket != 0 && worker.TryWaitOn(exchange, client)) continue;
                    if (exchange.Ticket != 0 || client.PeerGone || client.DeadlinePassed || client.IsClosed)
                    {
                        End(exchange, waited == LoopWaitResult.TimedOut ? ExchangeOutcome.QueueTimedOut : ExchangeOutcome.ClientGone);
                        return;
                    }

                    Worker.EndWait(exchange, client);
                    if (exchange.Endpoint is null)
                    {
                        placed = worker.Place(exchange);
                        continue;
                    }
                }

                var upstream = BeginConnecting(exchange);
                var connected = await upstream.Output.SendAsync();
                if (!connected.IsCanceled && !connected.IsCompleted) break;
                var outcome = connected.IsCanceled || upstream.Failure == ConnectionFailure.TimedOut ? ExchangeOutcome.ConnectTimedOut : ExchangeOutcome.ConnectFailed;
                if (!MayTryAnother(exchange, outcome))
                {
                    End(exchange, outcome);
                    return;
                }

                placed = worker.Place(exchange);
            }

            OutlierDetection.OnSuccess(exchange.Endpoint!);
            exchange.Upstream!.ClearDeadline();
            exchange.Outcome = ExchangeOutcome.Tunnelled;
            worker.Outcomes[(int)exchange.Outcome]++;
            worker.Count(exchange);
            await new Tunnel(client, exchange).RunAsync();
        }
#pragma warning disable CA1031 // A bug in one session ends that session, is counted and reported, and spares the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            worker.ReportBug(e);
        }
        finally
        {
            exchange.Upstream?.Close();
            client.Close();
            worker.Return(exchange);
            worker.Sessions--;
        }
    }

    private void Choose(Exchange exchange, ServiceModel service)
    {
        worker.Begin(exchange, service);
        Span<byte> bytes = stackalloc byte[AddressBytesMax];
        ReadOnlySpan<byte> address = bytes[..client.Peer.CopyTo(bytes)];
        exchange.Rule = service.Rules.MatchConnection(address, worker.Snapshot.Snapshot.Countries);
        if (exchange.Rule >= 0) exchange.Version = service.VersionOf(exchange.Rule);
        else if (service.Affinity is { Source: AffinityKeySource.ClientIp } affinity)
        {
            exchange.HasUser = true;
            exchange.UserHash = affinity.Hash(address);
            exchange.Version = service.PickVersion(AffinityModel.BucketOf(exchange.UserHash));
        }

        else exchange.Version = service.PickVersion();
        exchange.Charged = exchange.Version;
    }

    private Connection BeginConnecting(Exchange exchange)
    {
        var upstream = worker.Loop.Connect(exchange.Endpoint!.Address);
        exchange.TakeUpstream(upstream, worker.TallyOf(exchange.Version!));
        upstream.SetDeadline(exchange.Service!.ConnectTimeoutMs);
        ProxyProtocol.Write(exchange.Service.ProxyProtocol, client.Peer, _destination == default ? client.Local : _destination, upstream.Output);
        return upstream;
    }

    /// <summary>No connection: that is counted, and another endpoint may get its turn.</summary>
    private bool MayTryAnother(Exchange exchange, ExchangeOutcome outcome)
    {
        worker.CountFailure(exchange, outcome, exchange.Upstream!.Failure);
        exchange.Upstream.Drop();
        exchange.LeaveUpstream();
        return !client.PeerGone && worker.TryMoveOn(exchange, outcome == ExchangeOutcome.ConnectTimedOut ? RetryCauses.Timeout : RetryCauses.Connect);
    }

    /// <summary>A reset tells the client that nobody answered, which an orderly end would not.</summary>
    private void End(Exchange exchange, ExchangeOutcome outcome)
    {
        exchange.Outcome = outcome;
        exchange.HasFailed |= outcome == ExchangeOutcome.QueueTimedOut;
        worker.Outcomes[(int)outcome]++;
        client.Abort();
    }
}
