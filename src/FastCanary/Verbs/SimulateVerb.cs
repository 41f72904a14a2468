using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FastCanary.Control;
using FastCanary.Release;
using FastCanary.Reports;

namespace FastCanary.Verbs;

/// <summary>What a plan would do, before it does it.</summary>
internal static class SimulateVerb
{
    private const int RunsMax = 1_000_000;

    public static Command Create(ProgramEnvironment environment)
    {
        var service = new Argument<string>("SERVICE") { Description = "The service whose rollout is tried" };
        var config = ConfigOption.Create();
        var rate = new Option<double>("--rps")
        {
            Description = "Requests of the service a second",
            HelpName = "R",
            Required = true,
            CustomParser = static result => Number(result, "a number above 0, at most 1000000", static value => value is > 0 and <= 1e6),
        };
        var baseError = Fraction("--base-error", "The part of the baseline's requests that fail: 0.5% or 0.005", required: true);
        var canaryError = Fraction("--canary-error", "The part of the canary's requests that fail", required: true);
        var latency = new Option<double>("--latency-ms")
        {
            Description = "The median of the baseline's latency, in milliseconds",
            HelpName = "MS",
            DefaultValueFactory = static _ => 50,
            CustomParser = static result => Number(result, "a number above 0, at most 1000000", static value => value is > 0 and <= 1e6),
        };
        var slower = new Option<double>("--canary-slower")
        {
            Description = "How many times slower than the baseline the canary is",
            HelpName = "FACTOR",
            DefaultValueFactory = static _ => 1,
            CustomParser = static result => Number(result, "a number above 0, at most 1000", static value => value is > 0 and <= 1000),
        };
        var runs = new Option<int>("--runs")
        {
            Description = "How many rollouts are tried",
            HelpName = "N",
            DefaultValueFactory = static _ => 10_000,
            CustomParser = static result => (int)Number(result, $"a whole number from 1 to {RunsMax}", static value => value is >= 1 and <= RunsMax && double.IsInteger(value)),
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "The same seed gives the same result",
            HelpName = "N",
            DefaultValueFactory = static _ => 1,
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value;
                if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
                result.AddError($"--seed: expected a whole number from 0, got \"{text}\"");
                return 0;
            },
        };
        var hours = new Option<double>("--hours")
        {
            Description = "How long a rollout is followed; one that has not ended by then counts as undecided",
            HelpName = "H",
            DefaultValueFactory = static _ => 12,
            CustomParser = static result => Number(result, "a number above 0, at most 720", static value => value is > 0 and <= 720),
        };
        var command = new Command("simulate", "Try a service's rollout many times on simulated traffic: how likely it aborts or promotes, how long that takes, how many requests are hurt")
        {
            service, config, rate, baseError, canaryError, latency, slower, runs, seed, hours,
        };
        command.SetAction(parsed =>
        {
            if (Load(parsed.GetRequiredValue(config), parsed.GetRequiredValue(service), environment.Errors) is not { } plan) return ExitCode.WrongUsage;
            var input = new SimulationInput
            {
                RequestsPerSecond = parsed.GetValue(rate),
                BaselineErrorRate = parsed.GetValue(baseError),
                CanaryErrorRate = parsed.GetValue(canaryError),
                LatencyMedian = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
                CanarySlowness = parsed.GetValue(slower),
                Runs = parsed.GetValue(runs),
                Seed = parsed.GetValue(seed),
                TimeMax = TimeSpan.FromHours(parsed.GetValue(hours)),
            };
            Print(environment.Output, plan, input, RolloutSimulation.Run(plan, input));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A service's plan; null where there is none, which is said.</summary>
    public static RolloutPlan? Load(string path, string service, TextWriter errors)
    {
        var loaded = ConfigLoader.Load(path, Environment.GetEnvironmentVariable);
        foreach (var error in loaded.Errors) errors.WriteLine(error);
        if (loaded.Config is not { } config) return null;
        var found = config.Services.FirstOrDefault(candidate => string.Equals(candidate.Name, service, StringComparison.Ordinal));
        if (found is null) errors.WriteLine($"{path}: there is no service {service}: {string.Join(", ", config.Services.Select(static candidate => candidate.Name))}");
        else if (found.Rollout is null) errors.WriteLine($"{path}: services.{service} has no rollout");
        return found is null ? null : RolloutPlanCompiler.Compile(found);
    }

    private static void Print(TextWriter output, RolloutPlan plan, SimulationInput input, SimulationResult result)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Runs} rollouts of {plan.Canary} beside {plan.Baseline}, {input.RequestsPerSecond:0.##} requests/s, errors {Percent(input.BaselineErrorRate)} and {Percent(input.CanaryErrorRate)}, latency x {input.CanarySlowness:0.##}, seed {input.Seed}"));
        var table = new TextTable("lrr");
        table.AddHeader("", "share of the runs", "median time");
        Add("aborted", result.Aborted, result.AbortMedian);
        Add("promoted", result.Promoted, result.PromoteMedian);
        Add("undecided", result.Undecided, null);
        foreach (var line in table.Lines()) output.WriteLine($"  {line}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  requests hurt on the canary: {result.HurtMean:0.0} on average, at most {result.Hurt95} in 19 of 20 runs; {result.HarmMean:0.0} more than on the baseline"));

        void Add(string name, int count, TimeSpan? median) => table.Add(
            (name, Ink.Plain),
            (Figures.Share(count / (double)result.Runs), Ink.Plain),
            (median is { } time ? Figures.Duration(time.TotalSeconds) : "-", Ink.Plain));
    }

    private static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{fraction * 100:0.####} %");

    private static Option<double> Fraction(string name, string description, bool required) => new(name)
    {
        Description = description,
        HelpName = "P",
        Required = required,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var isPercent = text.EndsWith('%');
            if (double.TryParse(isPercent ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                var fraction = isPercent ? value / 100 : value;
                if (fraction is >= 0 and <= 1) return fraction;
            }

            result.AddError($"{name}: expected a part of the requests, such as 0.5% or 0.005, got \"{text}\"");
            return 0;
        },
    };

    private static double Number(ArgumentResult result, string expected, Predicate<double> accepts)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && accepts(value)) return value;
        result.AddError($"{((OptionResult)result.Parent!).Option.Name}: expected {expected}, got \"{text}\"");
        return 0;
    }
}
