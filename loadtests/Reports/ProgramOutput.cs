using System.ComponentModel;
using System.Diagnostics;

namespace FastCanary.LoadTests.Reports;

/// <summary>What another program says of itself or of the machine, for a report: none of it is worth a failed run.</summary>
internal static class ProgramOutput
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(10);

    /// <summary>Its standard output, trimmed.</summary>
    /// <returns>Null where it is not there, fails, or is not done in 10 s.</returns>
    public static string? Read(ProcessStartInfo start)
    {
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!Task.WaitAll([output, errors], TimeOut) || !process.WaitForExit(TimeOut))
            {
                process.Kill();
                return null;
            }

            return process.ExitCode == 0 ? output.Result.Trim() : null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or AggregateException)
        {
            return null;
        }
    }
}
