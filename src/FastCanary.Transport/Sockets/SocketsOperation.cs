using System.Net.Sockets;

namespace FastCanary.Transport.Sockets;

/// <summary>A connection's operation that may be under way, used again and again. Its end is told on a thread of the runtime, without an execution context.</summary>
internal sealed class SocketsOperation(SocketsConnection connection) : SocketAsyncEventArgs(true)
{
    protected override void OnCompleted(SocketAsyncEventArgs e) => connection.Completed(e.LastOperation);
}
