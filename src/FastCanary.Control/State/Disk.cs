using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>The disk as it is.</summary>
internal sealed partial class Disk : IDisk
{
    // The same on every architecture of Linux that .NET has; O_RDONLY is 0.
    private const int CloseOnExec = 0x80000;
    private const int Invalid = 22;

    public static readonly Disk Instance = new();

    private Disk()
    {
    }

    /// <summary>Creates a folder that others than its owner and group do not see, if it does not exist.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent) Instance.FlushFolder(parent);
    }

    /// <summary>Opens a file to read it, whoever writes, renames or deletes it.</summary>
    /// <exception cref="IOException">It does not exist, or may not be read.</exception>
    public static SafeFileHandle OpenForReading(string path)
    {
        try
        {
            return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(denied.Message, denied);
        }
    }

    /// <inheritdoc/>
    public SafeFileHandle Create(string path)
    {
        SafeFileHandle file = Open(path, FileMode.Create);
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SafeFileHandle Open(string path) => Open(path, FileMode.Open);

    /// <inheritdoc/>
    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    /// <inheritdoc/>
    public void SetLength(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    /// <inheritdoc/>
    public void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    // Overwriting is rename(2), at once; without it .NET links and unlinks, and the file has both names in between.
    /// <inheritdoc/>
    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = OpenFolder(folder, CloseOnExec);
        if (descriptor < 0) throw new IOException($"{folder}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        int error = Fsync(descriptor) < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Close(descriptor);
        // EINVAL: a file system without it, which has nothing to be flushed.
        if (error is not (0 or Invalid)) throw new IOException($"{folder}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static SafeFileHandle Open(string path, FileMode mode) => File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
