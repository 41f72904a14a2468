using System.Runtime.CompilerServices;

namespace FastCanary.Control.Tests;

/// <summary>This assembly as another process, which appends to a journal until it is killed, and tells on its standard output the number of each entry that is durable.</summary>
internal static class AppendingProcess
{
    /// <summary>The variable of the environment that makes it so: the journal's folder.</summary>
    public const string Variable = "FASTCANARY_TEST_APPEND_TO";

    public static readonly JournalOptions Options = new() { SizeBytesMax = 2000, FilesMax = 6 };

    [ModuleInitializer]
    internal static void AppendIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return;
        try
        {
            using Journal journal = Journal.Open(folder, Options, out JournalRecovery recovery);
            if (recovery.IsBroken) throw new IOException(recovery.Fault!.ToString());
            StateFile state = StateFile.Open(folder);
            while (true)
            {
                long n = StateFolder.Append(journal).N;
                if (n % 3 == 0) StateFolder.Append(journal);
                journal.Sync();
                state.Write(StateFolder.Body(n), n);
                Console.WriteLine(n);
            }
        }
        catch (Exception failure)
        {
            Console.WriteLine(failure.Message);
            Environment.Exit(1);
        }
    }
}
