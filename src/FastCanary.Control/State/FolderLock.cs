namespace FastCanary.Control;

/// <summary>
/// That one process alone writes into a folder: an exclusive lock (flock on Unix) on the file <c>lock</c> in it. It ends with the process, however that ends; the file stays.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Name = "lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="IOException">Another process has it, or the file cannot be made.</exception>
    public static FolderLock Take(string folder)
    {
        string path = Path.Combine(folder, Name);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FolderLock(new FileStream(path, options));
        }
        catch (IOException taken) when (IsTaken(taken))
        {
            throw new IOException($"{folder} is in use by another FastCanary, which holds {path}: stop that one, or give this one a state.path of its own", taken);
        }
    }

    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows: .NET has no type of its own for it.
    private static bool IsTaken(IOException failure) => failure.HResult is 11 or 35 or unchecked((int)0x80070020);
}
