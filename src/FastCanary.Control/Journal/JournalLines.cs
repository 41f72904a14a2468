using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>Reads a file line by line, through a buffer that grows to the longest line that is allowed.</summary>
/// <param name="file">The file; it stays the caller's.</param>
/// <param name="length">How much of it is read.</param>
internal sealed class JournalLines(SafeFileHandle file, long length)
{
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private long _offset;

    /// <summary>Where in the file the line begins.</summary>
    public long LineOffset { get; private set; }

    /// <summary>The line's number, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Whether a line feed ends the line; the last one of a file may have none.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The next line, without its line feed; valid until the next call. A line of more than <see cref="JournalLine.BytesMax"/> comes in pieces, not ended.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        int searched = _start;
        while (true)
        {
            int index = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (index >= 0)
            {
                line = Take(searched + index - _start, isEnded: true);
                return true;
            }
            searched = _end;
            if (_end - _start > JournalLine.BytesMax) break;
            if (_offset + (_end - _start) >= length) break;
            searched -= MakeRoom();
            long position = _offset + (_end - _start);
            int count = RandomAccess.Read(file, _buffer.AsSpan(_end, (int)Math.Min(_buffer.Length - _end, length - position)), position);
            if (count == 0) break;
            _end += count;
        }
        line = Take(_end - _start, isEnded: false);
        return !line.IsEmpty;
    }

    private ReadOnlySpan<byte> Take(int count, bool isEnded)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, count);
        LineOffset = _offset;
        IsEnded = isEnded;
        LineNumber++;
        int taken = isEnded ? count + 1 : count;
        _start += taken;
        _offset += taken;
        return line;
    }

    // How far the bytes moved down.
    private int MakeRoom()
    {
        if (_end < _buffer.Length) return 0;
        int moved = _start;
        byte[] target = _start > 0 ? _buffer : new byte[_buffer.Length * 2];
        Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
        _buffer = target;
        _end -= _start;
        _start = 0;
        return moved;
    }
}
