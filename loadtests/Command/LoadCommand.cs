using System.CommandLine;
using System.Net;
using FastCanary.LoadTests.Capacity;
using FastCanary.LoadTests.Reports;
using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Command;

/// <summary>The command line: which scenarios, against what, how long, and where the reports go.</summary>
internal static class LoadCommand
{
    private const string TokenVariable = "FASTCANARY_TOKEN";

    private static readonly Argument<string[]> Names = new("scenario") { Description = "all, or scenarios by name (--list tells them), or capacity", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Self = new("--self") { Description = "start endpoints and FastCanary's native binary on free loopback ports; it is built where it is not there" };
    private static readonly Option<string?> Binary = new("--binary") { Description = "the FastCanary that --self starts (default: artifacts/linux-ARCHITECTURE/fastcanary)", HelpName = "FILE" };
    private static readonly Option<string?> Target = new("--target") { Description = "a FastCanary that runs", HelpName = "URL" };
    private static readonly Option<string?> Admin = new("--admin") { Description = "its admin API", HelpName = "URL" };
    private static readonly Option<string?> Token = new("--token") { Description = $"the operator's token (default: {TokenVariable})", HelpName = "TOKEN" };
    private static readonly Option<string?> Service = new("--service") { Description = "a service of it whose weights scenarios may change while they run; its versions have to be exposed (exposeVersion: true)", HelpName = "NAME" };
    private static readonly Option<string?> Host = new("--host") { Description = "the Host of requests to it (default: that of --target)", HelpName = "NAME" };
    private static readonly Option<string?> Tcp = new("--tcp") { Description = "its TCP listener", HelpName = "HOST:PORT" };
    private static readonly Option<string?> OriginsAt = new("--origins") { Description = "where this program's endpoints listen, eight ports from this one on; the target runs on what --configuration prints", HelpName = "ADDRESS:PORT" };
    private static readonly Option<bool> Configuration = new("--configuration") { Description = "print the configuration for a target that uses the endpoints of --origins, and end" };
    private static readonly Option<bool> ListAll = new("--list") { Description = "list the scenarios, and end" };
    private static readonly Option<string?> Duration = new("--duration") { Description = "how long the load of each scenario lasts: 30s, 2m, 8h (default: as the scenario has it)", HelpName = "TIME" };
    private static readonly Option<double?> Rate = new("--rate") { Description = "requests a second (default: as the scenario has it)", HelpName = "N" };
    private static readonly Option<int> Connections = new("--connections") { Description = "connections of an HTTP load, at most", DefaultValueFactory = _ => 256, HelpName = "N" };
    private static readonly Option<int> Threads = new("--threads") { Description = "threads that send and receive", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<string?> Report = new("--report") { Description = "a folder for load.md, load.csv and load.html, or capacity.md", HelpName = "DIR" };

    /// <returns>The exit code: 0 all thresholds held, 1 one did not, 2 wrong usage.</returns>
    public static Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("FastCanary's load scenarios: each puts a load on a proxy and fails where what has to be true of it is not.")
        {
            Names, Self, Binary, Target, Admin, Token, Service, Host, Tcp, OriginsAt, Configuration, ListAll, Duration, Rate, Connections, Threads, Report,
        };
        root.SetAction(RunAsync);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0) return parsed.InvokeAsync();
        foreach (string message in parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal)) Console.Error.WriteLine(message);
        Console.Error.WriteLine("--help says what is understood");
        return Task.FromResult(ExitCode.WrongUsage);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        try
        {
            if (parsed.GetValue(ListAll))
            {
                foreach (IScenario scenario in AllScenarios.List) Console.WriteLine($"{scenario.Name,-12} {scenario.Summary}; {scenario.DefaultSeconds:0} s");
                return ExitCode.Passed;
            }

            if (parsed.GetValue(Configuration))
            {
                OriginAddresses origins = Parse.Origins(parsed.GetValue(OriginsAt) ?? throw new UsageException("--configuration needs --origins ADDRESS:PORT: where the endpoints will be"));
                Console.Write(StageConfiguration.For(origins).ToYaml());
                return ExitCode.Passed;
            }

            IReadOnlyList<IScenario> scenarios = Choose(parsed.GetValue(Names)!);
            var settings = new RunSettings
            {
                Seconds = parsed.GetValue(Duration) is { } duration ? Parse.Seconds(duration) : null,
                Rate = Positive(parsed.GetValue(Rate), "--rate"),
                Connections = (int)Positive(parsed.GetValue(Connections), "--connections")!,
                Threads = (int)Positive(parsed.GetValue(Threads), "--threads")!,
            };
            (Func<Task<TestStage>> open, Func<Task<TestSubject>> subject) = await ChooseStageAsync(parsed);
            if (parsed.GetValue(Report) is { } folder) ReportFiles.Prepare(folder);
            return await PlayAsync(scenarios, settings, open, subject, parsed, cancel);
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitCode.WrongUsage;
        }
    }

    private static async Task<int> PlayAsync(IReadOnlyList<IScenario> scenarios, RunSettings settings, Func<Task<TestStage>> open, Func<Task<TestSubject>> subject, ParseResult parsed, CancellationToken cancel)
    {
        var results = new List<ScenarioResult>();
        DateTimeOffset began = DateTimeOffset.UtcNow;
        var player = new Player(open, settings, Console.Out);
        foreach (IScenario scenario in scenarios)
        {
            if (cancel.IsCancellationRequested) break;
            results.Add(await player.PlayAsync(scenario, cancel));
        }

        int Count(Outcome outcome) => results.Count(result => result.Outcome == outcome);
        Console.WriteLine($"{Count(Outcome.Passed)} passed, {Count(Outcome.Failed)} failed, {Count(Outcome.Skipped)} skipped, in {(DateTimeOffset.UtcNow - began).TotalSeconds:0} s");
        bool isReported = parsed.GetValue(Report) is not { } folder || TryReport(scenarios, await DescribeAsync(results, began, subject, parsed), folder);
        // Nothing played is nothing shown.
        return Count(Outcome.Failed) == 0 && Count(Outcome.Passed) > 0 && isReported ? ExitCode.Passed : ExitCode.Failed;
    }

    private static async Task<LoadReport> DescribeAsync(IReadOnlyList<ScenarioResult> results, DateTimeOffset began, Func<Task<TestSubject>> subject, ParseResult parsed)
    {
        // Not those of --self: they are loopback ports, free ones of the moment.
        string? configuration = parsed.GetValue(Self) || parsed.GetValue(OriginsAt) is not null
            ? StageConfiguration.For(OriginAddresses.From(new IPEndPoint(IPAddress.Loopback, 9100))).ToYaml()
            : null;
        var redaction = new Redaction([.. Redaction.Folders(Repository.Root), .. Hidden(parsed)]);
        return new LoadReport(began, await subject(), ShownCommand.From(parsed), RunEnvironment.Read(), configuration, [.. results.Select(redaction.Apply)]);
    }

    /// <summary>What the command line and the environment tell of the target that no report has.</summary>
    private static IEnumerable<(string What, string With)> Hidden(ParseResult parsed)
    {
        if ((parsed.GetValue(Token) ?? Environment.GetEnvironmentVariable(TokenVariable)) is { } token) yield return (token, Token.HelpName!);
        if (Path.GetDirectoryName(parsed.GetValue(Binary)) is { Length: > 0 } folder) yield return (Path.GetFullPath(folder), "FOLDER");
        if (parsed.GetValue(Host) is { } name) yield return (name, ShownCommand.Host);
        foreach (Option<string?> option in (Option<string?>[])[Target, Admin, Tcp, OriginsAt])
            if (parsed.GetValue(option) is { } value && ShownCommand.HostIn(option.HelpName, value) is { } host) yield return (host, ShownCommand.Host);
    }

    private static bool TryReport(IReadOnlyList<IScenario> scenarios, LoadReport report, string folder)
    {
        try
        {
            if (scenarios is not [CapacityScenario capacity]) ReportFiles.Write(report, folder);
            else if (capacity.Costs is { } costs) ReportFiles.Write(folder, ("capacity.md", CapacityPage.From(costs, report)));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"the reports cannot be written to \"{folder}\": {e.Message}");
            return false;
        }
    }

    private static IReadOnlyList<IScenario> Choose(string[] names)
    {
        if (names.Length == 0) throw new UsageException($"no scenario given: all, or {string.Join(", ", AllScenarios.List.Select(scenario => scenario.Name))}; --help says more");
        if (names is ["all"]) return AllScenarios.List;
        if (names is [CapacityScenario.Verb]) return [new CapacityScenario()];
        return [.. names.Select(name => AllScenarios.List.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new UsageException($"unknown scenario \"{name}\": all, or {string.Join(", ", AllScenarios.List.Select(scenario => scenario.Name))}"))];
    }

    private static async Task<(Func<Task<TestStage>> Open, Func<Task<TestSubject>> Subject)> ChooseStageAsync(ParseResult parsed)
    {
        string? target = parsed.GetValue(Target);
        if (parsed.GetValue(Self) == (target is not null)) throw new UsageException("say either --self or --target URL");
        if (target is null)
        {
            string binary = await NativeBinary.FindAsync(parsed.GetValue(Binary), Console.Out);
            return (() => TestStage.StartAsync(binary), () => Task.FromResult(TestSubject.OfBinary(binary)));
        }

        Uri url = Parse.Url(target, "--target");
        var at = new TestTarget(await Parse.AddressAsync(url.Host, url.Port), parsed.GetValue(Host) ?? url.Authority, url.PathAndQuery)
        {
            Admin = parsed.GetValue(Admin) is { } admin ? Parse.Url(admin, "--admin") : null,
            Token = parsed.GetValue(Token) ?? Environment.GetEnvironmentVariable(TokenVariable),
            Service = parsed.GetValue(Service),
            Tcp = parsed.GetValue(Tcp) is { } tcp ? await Parse.AddressAsync(tcp, "--tcp") : null,
            Origins = parsed.GetValue(OriginsAt) is { } origins ? Parse.Origins(origins) : null,
        };
        return (() => Task.FromResult(TestStage.Attach(at)), () => DescribeAsync(at, target));
    }

    private static async Task<TestSubject> DescribeAsync(TestTarget at, string url)
    {
        using AdminClient? admin = at.Admin is null ? null : new AdminClient(at.Admin, at.Token);
        return await TestSubject.OfTargetAsync(ShownCommand.Url(url), admin);
    }

    private static double? Positive(double? value, string option) => value is <= 0 ? throw new UsageException($"{option} has to be above 0, not {value}") : value;
}
