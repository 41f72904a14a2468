using System.Diagnostics;
using System.Globalization;

namespace FastCanary.Control.Tests;

public sealed class JournalKillTests
{
    private const int Rounds = 30;

    [Fact]
    public void A_process_that_is_killed_while_it_appends_leaves_everything_that_was_durable_and_at_most_a_torn_end()
    {
        using var folder = new StateFolder();
        var random = new Random(20261122);
        long durable = 0;
        for (int round = 0; round < Rounds; round++)
        {
            durable = AppendUntilKilled(folder.Path, random.Next(1, 60), durable);
            long before;
            using (Journal journal = Journal.Open(folder.Path, AppendingProcess.Options, out JournalRecovery recovery))
            {
                Assert.Null(recovery.Fault);
                before = journal.LastN;
                Assert.True(before >= durable, $"entry {durable} was durable, and {before} is the last");
            }
            Assert.Null(folder.Fault());
            StateFileRecovery state = StateFile.Open(folder.Path).Read(out byte[] body, out long n);
            Assert.Equal(StateFileCondition.Good, state.Condition);
            Assert.InRange(n, durable, before);
            Assert.Equal(StateFolder.Body(n), body);
            durable = before;
        }
        Assert.Empty(folder.Damaged);
        Assert.DoesNotContain(folder.Names, static name => name.EndsWith(".new", StringComparison.Ordinal));
    }

    // When it is killed is a matter of how far it has come, not of time.
    private static long AppendUntilKilled(string folder, int lines, long durable)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } named ? named : "dotnet";
        var start = new ProcessStartInfo(host, [typeof(JournalKillTests).Assembly.Location]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment[AppendingProcess.Variable] = folder;
        using Process process = Process.Start(start)!;
        try
        {
            for (int i = 0; i < lines; i++)
            {
                string? line = process.StandardOutput.ReadLine();
                Assert.True(long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long n), $"it said: {line}");
                Assert.True(n > durable);
                durable = n;
            }
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long n)) durable = n;
        }
        return durable;
    }
}
