using System.Runtime.CompilerServices;

namespace FastCanary.Transport;

/// <summary>
/// The return type of an async method that runs on a loop and that nobody awaits: a session. It has no task, captures no execution context and
/// suspends into one object for its whole life; <see cref="Task"/> would cost a connection 150 bytes more and a request some 100 ns.
/// An exception that leaves such a method ends the process: it catches its own.
/// </summary>
[AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
public readonly struct LoopTask;
