using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>
/// What changes something on a disk, one method per system call that may fail by itself, so that tests can let each of them fail, or end there.
/// Every method throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal interface IDisk
{
    /// <summary>Opens a file for reading and writing, without what it held.</summary>
    SafeFileHandle Create(string path);

    /// <summary>Opens a file that exists for reading and writing.</summary>
    SafeFileHandle Open(string path);

    /// <summary>Writes all of <paramref name="bytes"/>. Where it throws, a part of them may have been written.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts a file, or makes it longer.</summary>
    void SetLength(SafeFileHandle file, long length);

    /// <summary>Returns when the file's bytes and length are on the disk.</summary>
    void Flush(SafeFileHandle file);

    /// <summary>Gives a file another name; one that has that name already is replaced.</summary>
    void Move(string from, string to);

    /// <summary>Deletes a file, if there is one.</summary>
    void Delete(string path);

    /// <summary>Returns when the names in a folder are on the disk. Does nothing where the system has no such call.</summary>
    void FlushFolder(string folder);
}
