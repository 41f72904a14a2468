using System.Globalization;
using System.Text;

namespace FastCanary.Proxy.Tests.AccessLogging;

public sealed class AccessLogBufferTests
{
    private readonly AccessLog _log = new(1) { Model = new AccessLogModel() };
    private readonly byte[] _drained = new byte[AccessLogBuffer.Bytes];

    private AccessLogBuffer Buffer => _log.Buffers[0];

    [Fact]
    public void Lines_come_out_as_they_went_in()
    {
        Assert.Equal("", Drain());
        Buffer.Write("one\n"u8);
        Buffer.Write("two\n"u8);
        Assert.Equal("one\ntwo\n", Drain());
        Assert.Equal("", Drain());
        Buffer.Write("three\n"u8);
        Assert.Equal("three\n", Drain());
        Assert.Equal(0, Buffer.Dropped);
    }

    [Fact]
    public void A_line_may_go_round_the_end()
    {
        var line = Line(1000);
        for (var i = 0; i < 2000; i++)
        {
            Buffer.Write(line);
            Assert.Equal(Encoding.ASCII.GetString(line), Drain());
        }
    }

    [Fact]
    public void What_finds_no_room_is_dropped_whole_and_counted()
    {
        var line = Line(1000);
        for (var i = 0; i < 300; i++) Buffer.Write(line);
        Assert.Equal(300 - (AccessLogBuffer.Bytes / 1000), Buffer.Dropped);
        Assert.Equal(Buffer.Dropped, _log.Dropped);
        Assert.Equal(AccessLogBuffer.Bytes / 1000 * 1000, Drain().Length);
        Buffer.Write(line);
        Assert.Equal(1000, Drain().Length);
        Assert.Equal(300 - (AccessLogBuffer.Bytes / 1000), Buffer.Dropped);
    }

    [Fact]
    public void All_of_it_can_be_filled()
    {
        Buffer.Write(Line(10));
        Drain();
        Buffer.Write(Line(AccessLogBuffer.Bytes));
        Assert.Equal(AccessLogBuffer.Bytes, Drain().Length);
        Assert.Equal(0, Buffer.Dropped);
        Buffer.Write(Line(AccessLogBuffer.Bytes + 1));
        Assert.Equal(1, Buffer.Dropped);
    }

    [Fact]
    public void Who_waits_is_woken_when_it_is_half_full()
    {
        // As long as this does not end, nobody was woken.
        var waiting = new Thread(() => _log.Wait(Timeout.InfiniteTimeSpan));
        waiting.Start();
        var line = Line(1024);
        for (var i = 0; i < (AccessLogBuffer.Bytes / 2048) - 1; i++) Buffer.Write(line);
        Assert.False(waiting.Join(50));
        Buffer.Write(line);
        Assert.True(waiting.Join(Wire.PatienceMs));
    }

    [Fact]
    public void One_thread_writes_while_another_drains()
    {
        const int Lines = 300_000;
        var writer = new Thread(() =>
        {
            var text = new byte[200];
            for (var i = 0; i < Lines; i++)
            {
                var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{i} {new string('x', i * 7 % 150)}\n"));
                Buffer.Write(line);
            }
        });
        writer.Start();
        var all = new StringBuilder();
        while (writer.IsAlive) all.Append(Drain());
        all.Append(Drain());
        var last = -1;
        var seen = 0;
        foreach (var line in all.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            var number = int.Parse(parts[0], CultureInfo.InvariantCulture);
            Assert.True(number > last, $"{number} behind {last}");
            Assert.Equal(number * 7 % 150, parts[1].Length);
            last = number;
            seen++;
        }

        Assert.Equal(Lines, seen + Buffer.Dropped);
    }

    private static byte[] Line(int length) => Encoding.ASCII.GetBytes(new string('x', length - 1) + "\n");

    private string Drain() => Encoding.ASCII.GetString(_drained, 0, Buffer.Drain(_drained));
}
