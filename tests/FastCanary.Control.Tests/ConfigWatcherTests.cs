using FastCanary.Control;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control.Tests;

public sealed class ConfigWatcherTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastcanary-watch-").FullName;
    private int _changes;

    private string File1 => Path.Combine(_directory, "fastcanary.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_write_in_place_is_noticed()
    {
        File.WriteAllText(File1, "one");
        using ConfigWatcher watcher = Watch();
        File.WriteAllText(File1, "two");
        AssertChanges(1);
    }

    [Fact]
    public void A_write_of_the_same_length_and_time_is_noticed()
    {
        File.WriteAllText(File1, "one");
        DateTime time = File.GetLastWriteTimeUtc(File1);
        using ConfigWatcher watcher = Watch();
        File.WriteAllText(File1, "two");
        File.SetLastWriteTimeUtc(File1, time);
        AssertChanges(1);
    }

    [Fact]
    public void A_file_renamed_over_it_is_noticed_each_time()
    {
        File.WriteAllText(File1, "one");
        using ConfigWatcher watcher = Watch();
        for (int i = 1; i <= 2; i++)
        {
            File.WriteAllText(File1 + ".tmp", $"text {i}");
            File.Move(File1 + ".tmp", File1, overwrite: true);
            AssertChanges(i);
        }
    }

    [Fact]
    public void An_editor_that_moves_the_old_file_away_first_is_noticed()
    {
        File.WriteAllText(File1, "one");
        using ConfigWatcher watcher = Watch();
        File.Move(File1, File1 + "~");
        File.WriteAllText(File1, "two");
        AssertChanges(1);
    }

    [Fact]
    public void A_swapped_directory_link_is_noticed()
    {
        // Kubernetes: fastcanary.yaml -> ..data/fastcanary.yaml, ..data -> ..2026_1, then ..data is renamed over.
        foreach (string version in new[] { "..2026_1", "..2026_2" })
        {
            Directory.CreateDirectory(Path.Combine(_directory, version));
            File.WriteAllText(Path.Combine(_directory, version, "fastcanary.yaml"), version);
        }
        string data = Path.Combine(_directory, "..data");
        Directory.CreateSymbolicLink(data, "..2026_1");
        File.CreateSymbolicLink(File1, "..data/fastcanary.yaml");
        using ConfigWatcher watcher = Watch();
        Directory.CreateSymbolicLink(data + "_tmp", "..2026_2");
        // .NET renames no link to a directory over another.
        using var rename = System.Diagnostics.Process.Start("mv", ["-T", data + "_tmp", data]);
        rename.WaitForExit();
        Assert.Equal(0, rename.ExitCode);
        AssertChanges(1);
    }

    [Fact]
    public void A_write_behind_a_link_that_leads_elsewhere_is_noticed()
    {
        string elsewhere = Directory.CreateTempSubdirectory("fastcanary-elsewhere-").FullName;
        try
        {
            string target = Path.Combine(elsewhere, "real.yaml");
            File.WriteAllText(target, "one");
            File.CreateSymbolicLink(File1, target);
            using ConfigWatcher watcher = Watch();
            File.WriteAllText(target, "two and more");
            AssertChanges(1);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public void Deleting_it_is_no_change_and_other_content_afterwards_is_one()
    {
        File.WriteAllText(File1, "one");
        using ConfigWatcher watcher = Watch();
        File.Delete(File1);
        Thread.Sleep(300);
        Assert.Equal(0, Volatile.Read(ref _changes));
        File.WriteAllText(File1, "two");
        AssertChanges(1);
    }

    [Fact]
    public void A_file_that_appears_later_is_noticed()
    {
        using ConfigWatcher watcher = Watch();
        File.WriteAllText(File1, "one");
        AssertChanges(1);
    }

    [Fact]
    public void The_same_content_written_again_and_other_files_are_no_change()
    {
        File.WriteAllText(File1, "one");
        using ConfigWatcher watcher = Watch();
        // Without a truncation ahead of it: an empty file is other content, to a watcher that looks just then.
        using (SafeFileHandle file = File.OpenHandle(File1, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            RandomAccess.Write(file, "one"u8, 0);
        File.SetLastWriteTimeUtc(File1, DateTime.UtcNow.AddHours(1));
        File.WriteAllText(Path.Combine(_directory, "other.yaml"), "x");
        // The change after it is the only one told; an earlier one would have been told before.
        Thread.Sleep(1500);
        File.WriteAllText(File1, "two");
        AssertChanges(1);
    }

    [Fact]
    public void Nothing_is_told_after_it_was_disposed()
    {
        File.WriteAllText(File1, "one");
        Watch().Dispose();
        File.WriteAllText(File1, "two");
        Thread.Sleep(1500);
        Assert.Equal(0, Volatile.Read(ref _changes));
    }

    [Fact]
    public void A_directory_that_does_not_exist_can_be_watched_until_it_does()
    {
        string path = Path.Combine(_directory, "later", "fastcanary.yaml");
        using var watcher = new ConfigWatcher(path, () => Interlocked.Increment(ref _changes));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "one");
        AssertChanges(1);
    }

    private ConfigWatcher Watch() => new(File1, () => Interlocked.Increment(ref _changes));

    private void AssertChanges(int expected)
    {
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _changes) >= expected, TimeSpan.FromSeconds(20)), "the change was not noticed");
        Assert.Equal(expected, Volatile.Read(ref _changes));
    }
}
