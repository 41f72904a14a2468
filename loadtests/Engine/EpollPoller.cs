using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FastCanary.LoadTests.Engine;

/// <summary>Linux's epoll, level-triggered, with time-outs finer than a millisecond (epoll_pwait2, Linux 5.11) where the kernel has them.</summary>
internal sealed unsafe class EpollPoller : Poller
{
    private const int EventsMax = 512;
    private const int CloseOnExec = 0x80000;
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;
    private const int OperationChange = 3;
    private const uint In = 0x1;
    private const uint Out = 0x4;
    private const int TimerSlack = 29;
    private const int Interrupted = 4;
    private const int NoSuchCall = 38;

    // struct epoll_event is packed on x86-64 only (epoll_ctl(2)).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly int _epoll;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsMax * 16, pinned: true);
    private bool _isFine = true;

    public EpollPoller()
    {
        _epoll = EpollCreate(CloseOnExec);
        if (_epoll < 0) throw new Win32Exception();
        // A request that is due in 30 µs is not to wait for the 50 µs by which the kernel rounds sleeps of a thread.
        _ = ProcessControl(TimerSlack, 1, 0, 0, 0);
    }

    public override void Add(Socket socket, int token, bool wantsWrite) => Control(OperationAdd, socket, token, wantsWrite);

    public override void Change(Socket socket, int token, bool wantsWrite) => Control(OperationChange, socket, token, wantsWrite);

    public override void Remove(Socket socket, int token) => Control(OperationRemove, socket, token, wantsWrite: false);

    public override void Wait(double seconds, List<int> ready)
    {
        ready.Clear();
        int count;
        fixed (byte* events = _events)
        {
            count = Wait(seconds, events);
            for (int i = 0; i < count; i++) ready.Add(*(int*)(events + (i * EventSize) + DataOffset));
        }

        if (count < 0 && Marshal.GetLastPInvokeError() is not Interrupted and var error) throw new Win32Exception(error);
    }

    public override void Dispose()
    {
        base.Dispose();
        _ = Close(_epoll);
    }

    private int Wait(double seconds, byte* events)
    {
        if (_isFine)
        {
            long* time = stackalloc long[2];
            time[0] = (long)seconds;
            time[1] = (long)((seconds - time[0]) * 1e9);
            int count = EpollWaitFine(_epoll, events, EventsMax, time, null);
            if (count >= 0 || Marshal.GetLastPInvokeError() != NoSuchCall) return count;
            _isFine = false;
        }

        return EpollWait(_epoll, events, EventsMax, (int)Math.Ceiling(seconds * 1000));
    }

    private void Control(int operation, Socket socket, int token, bool wantsWrite)
    {
        byte* data = stackalloc byte[16];
        *(uint*)data = wantsWrite ? In | Out : In;
        *(long*)(data + DataOffset) = token;
        if (EpollControl(_epoll, operation, (int)socket.Handle, data) < 0) throw new Win32Exception();
    }

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollCreate(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollControl(int epoll, int operation, int descriptor, byte* data);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [DllImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollWaitFine(int epoll, byte* events, int count, long* time, void* signals);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
