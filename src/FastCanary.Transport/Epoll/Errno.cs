using System.Runtime.InteropServices;

namespace FastCanary.Transport.Epoll;

/// <summary>Linux error numbers that the transport tells apart (asm-generic; the same on x64, arm64 and arm).</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int OutOfMemory = 12;
    public const int PermissionDenied = 13;
    public const int BrokenPipe = 32;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;

    public static ConnectionFailure ToFailure(int errno) => errno switch
    {
        ConnectionRefused => ConnectionFailure.Refused,
        NetworkUnreachable or HostUnreachable => ConnectionFailure.Unreachable,
        TimedOut => ConnectionFailure.TimedOut,
        ConnectionReset => ConnectionFailure.Reset,
        BrokenPipe => ConnectionFailure.Closed,
        TooManyFiles or TooManyFilesInSystem or OutOfMemory or NoBuffers or AddressNotAvailable or Again => ConnectionFailure.OutOfResources,
        _ => ConnectionFailure.Other,
    };

    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
