using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>A connection of a tcp listener: the split decides once, then bytes go both ways. Loop's thread only.</summary>
internal sealed class TcpSession(Worker worker, Connection client, ListenerModel opened)
{
    public async LoopTask RunAsync()
    {
        worker.Sessions++;
        Connection? upstream = null;
        try
        {
            var service = (worker.Snapshot.Find(opened.State.Id) ?? opened).TcpService!;
            var endpoint = service.PickVersion().PickEndpoint();
            upstream = worker.Loop.Connect(endpoint.Address);
            upstream.SetDeadline(service.ConnectTimeoutMs);
            var connected = await upstream.Output.SendAsync();
            if (connected.IsCanceled || connected.IsCompleted)
            {
                var outcome = connected.IsCanceled || upstream.Failure == ConnectionFailure.TimedOut ? ExchangeOutcome.ConnectTimedOut : ExchangeOutcome.ConnectFailed;
                worker.CountFailure(endpoint, outcome, upstream.Failure);
                worker.Outcomes[(int)outcome]++;
                // A reset tells the client that nobody answered, which an orderly end would not.
                client.Abort();
                return;
            }

            upstream.ClearDeadline();
            worker.Outcomes[(int)ExchangeOutcome.Tunnelled]++;
            await new Tunnel(client, upstream, service.TunnelTimeoutMs).RunAsync();
        }
#pragma warning disable CA1031 // A bug in one session ends that session, is counted and reported, and spares the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            worker.ReportBug(e);
        }
        finally
        {
            worker.Sessions--;
            upstream?.Close();
            client.Close();
        }
    }
}
