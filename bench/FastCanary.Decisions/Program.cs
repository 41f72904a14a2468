using System.Diagnostics;
using System.Globalization;
using FastCanary.Decisions;

const string Usage = "usage: [--runs N] [--seed N] [--quick] [--table TEXT] [--output FILE]";
int runs = 20_000;
ulong seed = 2026;
string? output = null;
string? table = null;
bool isQuick = false;
for (int i = 0; i < args.Length; i++)
{
    string? value = i + 1 < args.Length ? args[i + 1] : null;
    if (args[i] == "--quick")
        isQuick = true;
    else if (args[i] == "--runs" && int.TryParse(value, CultureInfo.InvariantCulture, out runs) && runs > 0)
        i++;
    else if (args[i] == "--seed" && ulong.TryParse(value, CultureInfo.InvariantCulture, out seed))
        i++;
    else if (args[i] == "--output" && value is not null)
        (output, i) = (value, i + 1);
    else if (args[i] == "--table" && value is not null)
        (table, i) = (value, i + 1);
    else
        return Fail(Usage);
}

if (isQuick)
    runs = 500;
else if (table is null)
    output ??= FindPage();

var whole = Stopwatch.StartNew();
StudyResult result = StudyResult.Run(runs, seed, table, (group, took) => Console.Error.WriteLine($"{took.TotalSeconds,6:0.0} s  {group.Title}"));
Console.Error.WriteLine($"{whole.Elapsed.TotalSeconds,6:0.0} s  in all");
string page = table is null ? Page.Of(result) : Page.TablesOf(result);
if (output is null)
    Console.Write(page);
else
    await File.WriteAllTextAsync(output, page);
return table is not null || result.Checks.All(check => check.Holds) ? 0 : Fail("a check does not hold");

static int Fail(string why)
{
    Console.Error.WriteLine(why);
    return 1;
}

static string FindPage()
{
    for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "FastCanary.sln")))
            return Path.Combine(folder.FullName, "docs", "decisions-quality.md");
    }

    throw new InvalidOperationException("run it inside the repository, or give --output FILE");
}
