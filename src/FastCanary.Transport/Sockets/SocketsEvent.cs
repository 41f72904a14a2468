using System.Net.Sockets;

namespace FastCanary.Transport.Sockets;

/// <summary>An operation has ended.</summary>
/// <param name="Key">Slot and generation of the connection.</param>
/// <param name="Operation">Which one; its result lies in the operation itself.</param>
internal readonly record struct SocketsEvent(ulong Key, SocketAsyncOperation Operation);
