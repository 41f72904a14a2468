using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control.Tests;

/// <summary>
/// A disk that fails where a test wants it to. What it does it does to real files; it flushes nothing, which is quick. A write that fails leaves half of its bytes; a flush that fails loses what was
/// written since the last one, as kernels do that take the pages for clean afterwards.
/// </summary>
internal sealed class FaultyDisk : IDisk
{
    private readonly Dictionary<SafeFileHandle, long> _flushed = [];
    private int _count;

    /// <summary>Which operation fails, from 1; 0 for none.</summary>
    public int FailsAt { get; set; }

    /// <summary>How many fail, from that one on.</summary>
    public int FailsCount { get; set; } = 1;

    /// <summary>There is no room: no file is made and no byte is written, and all else is done.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether all those after it fail too, as when the process has ended there.</summary>
    public bool Ends { get; init; }

    /// <summary>Whether the operation that fails is done nevertheless, and only what follows is not.</summary>
    public bool IsDone { get; init; }

    /// <summary>Called before each operation.</summary>
    public Action? Before { get; set; }

    /// <summary>What was asked for, one word each.</summary>
    public List<string> Log { get; } = [];

    public bool HasFailed { get; private set; }

    public SafeFileHandle Create(string path) => Open(path, "create", Disk.Instance.Create);

    public SafeFileHandle Open(string path) => Open(path, "open", Disk.Instance.Open);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        bool fails = Fails("write");
        Disk.Instance.Write(file, fails && !IsDone ? bytes[..(bytes.Length / 2)] : bytes, offset);
        if (fails) throw Failure();
    }

    public void SetLength(SafeFileHandle file, long length) => Do("cut", () => Disk.Instance.SetLength(file, length));

    public void Flush(SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        if (Fails("flush"))
        {
            long flushed = _flushed[file];
            if (!Ends && !IsDone) Disk.Instance.Write(file, new byte[length - flushed], flushed);
            throw Failure();
        }
        _flushed[file] = length;
    }

    public void Move(string from, string to) => Do("move", () => Disk.Instance.Move(from, to));

    public void Delete(string path) => Do("delete", () => Disk.Instance.Delete(path));

    public void FlushFolder(string folder) => Do("folder", static () => { });

    private static IOException Failure() => new("No space left on device");

    private SafeFileHandle Open(string path, string word, Func<string, SafeFileHandle> open)
    {
        SafeFileHandle? file = null;
        Do(word, () => file = open(path));
        _flushed[file!] = RandomAccess.GetLength(file!);
        return file!;
    }

    private void Do(string word, Action action)
    {
        bool fails = Fails(word);
        if (!fails || IsDone) action();
        if (fails) throw Failure();
    }

    // Once it has ended, nothing is done any more.
    private bool Fails(string word)
    {
        Before?.Invoke();
        Log.Add(word);
        _count++;
        if (IsFull && word is ("create" or "write")) return true;
        if (Ends && FailsAt != 0 && _count > FailsAt) throw Failure();
        if (FailsAt == 0 || _count < FailsAt || _count >= FailsAt + FailsCount) return false;
        HasFailed = true;
        return true;
    }
}
