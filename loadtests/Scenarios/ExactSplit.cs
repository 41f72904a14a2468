using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>What an exact split promises.</summary>
internal static class ExactSplit
{
    /// <summary>After n requests of a cycle of W, a version of weight w has either floor or ceiling of n·w/W of them, and exactly that where W divides n.</summary>
    /// <param name="run">Gets the threshold.</param>
    /// <param name="result">Requests, or connections.</param>
    /// <param name="weights">Of each version, in the order of the result's.</param>
    /// <param name="what">What is counted: <c>answers</c>.</param>
    public static void Expect(ScenarioRun run, StepResult result, IReadOnlyList<int> weights, string what)
    {
        long total = result.Ended;
        long cycle = weights.Sum();
        bool isExact = ExactShares.Hold(result.ByVersion, total, weights);
        string intended = string.Join(", ", weights.Select(weight => $"{total * weight / (double)cycle:0.##}"));
        run.Expect($"{result.Name}: {what} of each version", string.Join(", ", result.ByVersion), $"{intended} of {total}", isExact);
    }
}
