using System.Runtime.InteropServices;

namespace FastCanary.Transport.Epoll;

/// <summary>
/// libc's calls as they are. Those that never block (every descriptor here is non-blocking) skip the runtime's transition: about 10 ns a call.
/// <see cref="EpollWait"/> may block and must not. errno is read right after a call, before anything else runs on the thread.
/// </summary>
internal static unsafe partial class Libc
{
    public const int EpollIn = 0x001;
    public const int EpollOut = 0x004;
    public const int EpollError = 0x008;
    public const int EpollHangup = 0x010;
    public const int EpollReadHangup = 0x2000;
    public const uint EpollEdge = 1u << 31;
    public const int EpollAdd = 1;
    public const int EpollModify = 3;

    public const int Inet = 2;
    public const int Inet6 = 10;
    public const int Stream = 1;
    public const int SocketNonBlockCloseOnExec = 0x800 | 0x80000;
    public const int SolSocket = 1;
    public const int ReuseAddress = 2;
    public const int SocketError = 4;
    public const int Linger = 13;
    public const int ReusePort = 15;
    public const int TcpLevel = 6;
    public const int TcpNoDelay = 1;
    public const int Ipv6Level = 41;
    public const int Ipv6Only = 26;
    public const int ShutdownWrite = 1;
    public const int NoSignal = 0x4000;

    public const int MoreFollows = 0x8000;
    public const int CloseOnExec = 0x80000;
    public const uint SpliceMove = 1;
    public const uint SpliceNonBlock = 2;
    public const int SetPipeSize = 1031;
    public const int GetPipeSize = 1032;

    public const int Peek = 0x2;

    /// <summary>On TCP: discard instead of copying out.</summary>
    public const int Truncate = 0x20;
    public const int DescriptorsResource = 7;
    private const int RealtimeCoarse = 5;

    public static int LastError => Marshal.GetLastSystemError();

    public static long UnixMs
    {
        get
        {
            TimeSpec now;
            _ = ClockGetTime(RealtimeCoarse, &now);
            return ((long)now.Seconds * 1000) + (now.Nanoseconds / 1_000_000);
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    [SuppressGCTransition]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMs);

    /// <summary>epoll_wait with time-out 0, which does not wait.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    [SuppressGCTransition]
    public static partial int EpollPoll(int epoll, byte* events, int eventsMax, int zero);

    [LibraryImport("libc", EntryPoint = "pipe2")]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    public static partial int FileControl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "splice")]
    [SuppressGCTransition]
    public static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nint bytesMax, uint flags);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    public static partial int Bind(int descriptor, byte* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "listen")]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4")]
    [SuppressGCTransition]
    public static partial int Accept(int descriptor, byte* address, int* addressBytes, int flags);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int Connect(int descriptor, byte* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetSocketOption(int descriptor, int level, int name, void* value, int valueBytes);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    public static partial int GetSocketOption(int descriptor, int level, int name, void* value, int* valueBytes);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    public static partial int GetSocketName(int descriptor, byte* address, int* addressBytes);

    [LibraryImport("libc", EntryPoint = "recv")]
    [SuppressGCTransition]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    [SuppressGCTransition]
    public static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    [SuppressGCTransition]
    public static partial nint SendMessage(int descriptor, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    [SuppressGCTransition]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "getrlimit64")]
    public static partial int GetResourceLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit64")]
    public static partial int SetResourceLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    /// <summary>struct rlimit64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    /// <summary>struct msghdr of glibc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameBytes;
        public IoVector* Vectors;
        public nint VectorCount;
        public void* Control;
        public nint ControlBytes;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
