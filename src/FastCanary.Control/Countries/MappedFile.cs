using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>A file's bytes in memory, as the kernel maps them: read-only, and no copy of them.</summary>
/// <remarks>
/// <para>
/// The mapping ends when the last reference to this object is gone, by the finalizer of its handle: memory that it gave out refers to it. A span does not, so who
/// takes one keeps the memory alive while it reads.
/// </para>
/// <para>
/// A file that is made shorter in place takes its pages away: reading them ends the process (SIGBUS). One that is renamed over or deleted leaves the mapping as it is.
/// </para>
/// </remarks>
internal sealed class MappedFile : MemoryManager<byte>
{
    private readonly SafeMemoryMappedViewHandle _view;
    private readonly int _length;

    private MappedFile(SafeMemoryMappedViewHandle view, int length)
    {
        _view = view;
        _length = length;
    }

    /// <summary>Maps a whole file.</summary>
    /// <param name="file">Open for reading and not empty; it may be closed afterwards.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="IOException">The system does not map it.</exception>
    public static MappedFile Map(SafeFileHandle file, int length)
    {
        using var mapping = MemoryMappedFile.CreateFromFile(file, mapName: null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        // The view goes on without the mapping's own handle.
        return new MappedFile(mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle, length);
    }

    /// <inheritdoc/>
    /// <remarks>Not to be written to: the pages are read-only.</remarks>
    public override unsafe Span<byte> GetSpan() => new((void*)_view.DangerousGetHandle(), _length);

    /// <inheritdoc/>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        return new MemoryHandle((byte*)_view.DangerousGetHandle() + elementIndex, default, this);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Unmaps at once; for a mapping that nobody else has seen.</summary>
    protected override void Dispose(bool disposing) => _view.Dispose();
}
