using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FastCanary.Benchmarks.Reports;

/// <summary>Starts this program again for one round.</summary>
internal static class RoundProcess
{
    // A round takes a minute; one that takes this long hangs.
    private static readonly TimeSpan DurationMax = TimeSpan.FromMinutes(10);

    internal static RoundResult Run(RoundSettings settings)
    {
        using Process process = Process.Start(StartInfo(settings)) ?? throw new InvalidOperationException("The process of a round did not start.");
        // Nobody waits for a round any more when this process is told to end; its own end goes on as usual.
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => process.Kill());
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => process.Kill());
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!output.Wait(DurationMax))
        {
            process.Kill();
            throw new InvalidOperationException($"A round took longer than {DurationMax.TotalMinutes} minutes and was ended.");
        }

        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"A round ended with exit code {process.ExitCode}.");
        try
        {
            return JsonSerializer.Deserialize<RoundResult>(output.Result, Round.Json) ?? throw new InvalidOperationException("A round's result is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException("A round printed something besides its result; a benchmark must print nothing. " + e.Message, e);
        }
    }

    private static ProcessStartInfo StartInfo(RoundSettings settings)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.ArgumentList.Add("round");
        start.ArgumentList.Add(JsonSerializer.Serialize(settings, Round.Json));
        // Figures of another country database would be compared with those of the generated one.
        start.Environment.Remove("FASTCANARY_MMDB");
        // Methods are optimised at their first call, and those of .NET, which come compiled, as soon as they are warm: on a busy machine the usual way through
        // tiers outlasts the warm-up, for the first benchmarks by seconds. Neither tiers nor a profile of its own run has the released binary.
        start.Environment["DOTNET_TC_QuickJit"] = "0";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
