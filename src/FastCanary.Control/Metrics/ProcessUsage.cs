using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Enumeration;

namespace FastCanary.Control;

/// <summary>What the process uses: on Linux by /proc (proc(5)), elsewhere by .NET. One thread at a time.</summary>
internal sealed class ProcessUsage
{
    // What the kernel shows to programs, whatever its own ticks are.
    private const double TicksPerSecond = 100;

    // Places in /proc/self/stat behind the command, which ends with the last parenthesis.
    private const int ThreadsAt = 17;
    private const int StartAt = 19;
    private const int VirtualAt = 20;
    private const int ResidentAt = 21;

    private readonly byte[] _file = new byte[8192];
    private double _bootSeconds;

    /// <summary>User and system time.</summary>
    public double CpuSeconds { get; private set; }

    /// <summary>Memory that is in the machine's.</summary>
    public long ResidentBytes { get; private set; }

    /// <summary>Address space.</summary>
    public long VirtualBytes { get; private set; }

    /// <summary>When the process started, in seconds since 1970.</summary>
    public double StartSeconds { get; private set; }

    /// <summary>Threads.</summary>
    public long Threads { get; private set; }

    /// <summary>File descriptors that are open; -1 where that is not known.</summary>
    public long OpenDescriptors { get; private set; } = -1;

    /// <summary>File descriptors that may be open.</summary>
    public double DescriptorsMax { get; private set; }

    /// <summary>Looks.</summary>
    public void Read()
    {
        CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds;
        if (OperatingSystem.IsLinux()) ReadProc();
        else ReadProcess();
    }

    private static long NumberAt(ReadOnlySpan<byte> fields, int at)
    {
        for (; at > 0; at--) fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(fields, out long number, out _) ? number : 0;
    }

    private static long CountEntries(string directory)
    {
        var count = 0L;
        // Entries are not turned into text: there may be a hundred thousand.
        foreach (var one in new FileSystemEnumerable<int>(directory, static (ref FileSystemEntry _) => 1)) count += one;
        return count;
    }

    private static double NumberBehind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label)
    {
        var at = text.IndexOf(label);
        if (at < 0) return 0;
        text = text[(at + label.Length)..].TrimStart((byte)' ');
        if (text.StartsWith("unlimited"u8)) return double.PositiveInfinity;
        return Utf8Parser.TryParse(text, out long number, out _) ? number : 0;
    }

    private void ReadProc()
    {
        var stat = Contents("/proc/self/stat");
        stat = stat[(stat.LastIndexOf((byte)')') + 2)..];
        Threads = NumberAt(stat, ThreadsAt);
        VirtualBytes = NumberAt(stat, VirtualAt);
        ResidentBytes = NumberAt(stat, ResidentAt) * Environment.SystemPageSize;
        var startTicks = NumberAt(stat, StartAt);
        // As long as the machine's list of interrupts, so it is read once.
        if (_bootSeconds == 0) _bootSeconds = NumberBehind(File.ReadAllBytes("/proc/stat"), "\nbtime "u8);
        StartSeconds = _bootSeconds + (startTicks / TicksPerSecond);
        DescriptorsMax = NumberBehind(Contents("/proc/self/limits"), "\nMax open files "u8);
        // One of them is the directory that is counted.
        OpenDescriptors = CountEntries("/proc/self/fd") - 1;
    }

    private ReadOnlySpan<byte> Contents(string path)
    {
        using var file = File.OpenHandle(path);
        return _file.AsSpan(0, RandomAccess.Read(file, _file, 0));
    }

    private void ReadProcess()
    {
        using var process = Process.GetCurrentProcess();
        ResidentBytes = process.WorkingSet64;
        VirtualBytes = process.VirtualMemorySize64;
        Threads = process.Threads.Count;
        StartSeconds = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }
}
