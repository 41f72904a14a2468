using System.Globalization;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Proxy;

namespace FastCanary.Control.Tests.Logging;

/// <summary>Where the access log's lines go.</summary>
public sealed class AccessLogWriterTests : IDisposable
{
    private const int PatienceMs = 20_000;

    private readonly TempFolder _folder = new();
    private readonly RecordedLog _log = new();
    private readonly AccessLog _source = new(2) { Model = new AccessLogModel() };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_of_all_loops_are_written_soon()
    {
        var path = _folder.File("access.log");
        using var writer = new AccessLogWriter(_source, path, _log);
        Say(0, "a");
        Say(1, "b");
        Eventually(() => Read(path).Length == 4);
        Assert.Equal("ab", string.Concat(Read(path).Split('\n').Order()));
        Say(0, "c");
        Eventually(() => Read(path).EndsWith("c\n", StringComparison.Ordinal));
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public void A_file_that_is_there_is_appended_to()
    {
        var path = _folder.Write("access.log", "before\n");
        using (new AccessLogWriter(_source, path, _log)) Say(0, "after");
        Assert.Equal("before\nafter\n", Read(path));
    }

    [Fact]
    public void What_was_said_before_the_end_is_written()
    {
        var path = _folder.File("access.log");
        var expected = new StringBuilder();
        using (new AccessLogWriter(_source, path, _log))
        {
            for (var i = 0; i < 3000; i++)
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{i} {new string('x', 70)}");
                Say(0, line);
                expected.Append(line).Append('\n');
            }
        }

        Assert.Equal(expected.ToString(), Read(path));
    }

    [Fact]
    public void Much_more_than_a_buffer_holds_passes_where_it_is_taken_fast_enough()
    {
        var path = _folder.File("access.log");
        var line = new string('x', 1023);
        const int Lines = 2000;
        using (new AccessLogWriter(_source, path, _log))
        {
            var half = AccessLogBuffer.Bytes / 2048;
            for (var i = 1; i <= Lines; i++)
            {
                Say(0, line);
                // The half is what wakes the writer; it is waited for here so that nothing depends on how fast it is.
                if (i % half == 0) Eventually(() => new FileInfo(path).Length == i * 1024);
            }
        }

        Assert.Equal(Lines * 1024, new FileInfo(path).Length);
        Assert.Equal(0, _source.Dropped);
    }

    [Fact]
    public void After_a_rotation_lines_go_to_a_new_file_and_none_is_lost()
    {
        var path = _folder.File("access.log");
        var moved = _folder.File("access.log.1");
        using (var writer = new AccessLogWriter(_source, path, _log))
        {
            Say(0, "one");
            Eventually(() => Read(path) == "one\n");
            File.Move(path, moved);
            Say(0, "two");
            Assert.True(writer.Reopen());
            Assert.Equal("one\ntwo\n", Read(moved));
            Say(0, "three");
        }

        Assert.Equal("three\n", Read(path));
        Assert.Equal("one\ntwo\n", Read(moved));
    }

    [Fact]
    public void A_file_that_is_cut_is_written_from_its_beginning()
    {
        var path = _folder.File("access.log");
        using (new AccessLogWriter(_source, path, _log))
        {
            Say(0, "one");
            Eventually(() => Read(path) == "one\n");
            File.WriteAllText(path, "");
            Say(0, "two");
        }

        Assert.Equal("two\n", Read(path));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_anew_leaves_the_old_one_open_and_is_told()
    {
        var folder = Directory.CreateDirectory(_folder.File("logs")).FullName;
        var path = Path.Combine(folder, "access.log");
        var moved = _folder.File("moved");
        using (var writer = new AccessLogWriter(_source, path, _log))
        {
            Directory.Move(folder, moved);
            Assert.False(writer.Reopen());
            Say(0, "still there");
        }

        Assert.Equal("still there\n", Read(Path.Combine(moved, "access.log")));
        Assert.StartsWith($"Error: access log {path}: cannot be opened anew", Assert.Single(_log.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_may_send_it_elsewhere()
    {
        var (first, second) = (_folder.File("first"), _folder.File("second"));
        using (var writer = new AccessLogWriter(_source, first, _log))
        {
            Say(0, "one");
            writer.Use(second);
            Say(0, "two");
            Assert.ThrowsAny<IOException>(() => writer.Use(_folder.File("none/third")));
            Say(0, "three");
        }

        Assert.Equal(("one\n", "two\nthree\n"), (Read(first), Read(second)));
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_refused_at_once()
    {
        Assert.ThrowsAny<IOException>(() => new AccessLogWriter(_source, _folder.File("none/access.log"), _log));
    }

    [Fact]
    public void Writes_that_fail_are_counted_and_told_once()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs a device that is always full");
        using var writer = new AccessLogWriter(_source, "/dev/full", _log);
        for (var i = 1; i <= 3; i++)
        {
            Say(0, "lost");
            Eventually(() => writer.Errors == i);
        }

        Assert.StartsWith("Error: access log /dev/full: lines are lost", Assert.Single(_log.Messages), StringComparison.Ordinal);
        var path = _folder.File("access.log");
        writer.Use(path);
        Say(0, "kept");
        Eventually(() => Read(path) == "kept\n");
        writer.Use("/dev/full");
        Say(0, "lost");
        Eventually(() => _log.Messages.Count == 2);
    }

    [Fact]
    public void Dropped_lines_are_told_of_but_not_again_and_again()
    {
        var path = _folder.File("access.log");
        var time = new ManualTime();
        var tooLong = new string('x', AccessLogBuffer.Bytes);
        using var writer = new AccessLogWriter(_source, path, _log, time);
        Say(0, tooLong);
        Eventually(() => _log.Messages.Count == 1);
        Assert.StartsWith($"Warning: access log {path}: 1 lines were dropped", _log.Messages.First(), StringComparison.Ordinal);
        Say(0, tooLong);
        Say(1, tooLong);
        Say(0, "small");
        Eventually(() => Read(path) == "small\n");
        Say(0, "again");
        Eventually(() => Read(path) == "small\nagain\n");
        Assert.Single(_log.Messages);
        time.Advance(TimeSpan.FromMinutes(2));
        Eventually(() => _log.Messages.Count == 2);
        Assert.StartsWith($"Warning: access log {path}: 2 lines were dropped", _log.Messages.Last(), StringComparison.Ordinal);
    }

    private static void Eventually(Func<bool> condition)
    {
        var until = Environment.TickCount64 + PatienceMs;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, "not in time");
            Thread.Sleep(5);
        }
    }

    private static string Read(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return file.ReadToEnd();
    }

    private void Say(int loop, string line) => _source.Buffers[loop].Write(Encoding.UTF8.GetBytes(line + "\n"));

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
    }
}
