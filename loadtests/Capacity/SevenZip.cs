using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FastCanary.LoadTests.Capacity;

/// <summary>7-zip's benchmark (<c>7z b</c>, Debian's p7zip-full): the measure by which the speed of machines is compared.</summary>
internal static class SevenZip
{
    /// <summary>The rating of one core while all are busy, in MIPS: what it would be if nothing else ran on them ("R/U" of the totals).</summary>
    /// <returns>Null where 7z is not there.</returns>
    public static async Task<double?> RateAsync(CancellationToken cancel)
    {
        var start = new ProcessStartInfo("7z", ["b", $"-mmt{Environment.ProcessorCount}"]) { UseShellExecute = false, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            string text = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return Read(text);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Reads <c>Tot: USAGE R/U RATING</c>.</summary>
    public static double? Read(string text)
    {
        string? total = text.Split('\n').FirstOrDefault(line => line.StartsWith("Tot:", StringComparison.Ordinal));
        string[] words = total?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length >= 3 && double.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out double mips) ? mips : null;
    }
}
