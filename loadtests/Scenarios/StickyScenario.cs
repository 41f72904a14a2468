using System.Globalization;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>Users by a header: each keeps its version while the shares stand still, and moves one way while the canary's share goes one way.</summary>
internal sealed class StickyScenario : IScenario
{
    private const int UsersMax = 5000;
    private const int UsersMin = 200;

    // Users are a draw with a share's chance: fixed names and a fixed salt make it the same draw each time, so this is no chance of a false alarm.
    private const double Deviations = 5;

    // Each load asks for every user once in this part of a stage.
    private const double RoundPart = 0.85;

    // A stage goes on until every user has been seen: machines stand still now and then, and users wait.
    private const double StageSecondsMore = 20;
    private const double PollSeconds = 0.02;

    private static readonly int[] Percents = [0, 1, 5, 25, 50, 100, 50, 25, 5, 1, 0];
    private static readonly int Top = Array.IndexOf(Percents, 100);

    public string Name => "sticky";

    public string Summary => "users keep their version while the shares stand still, and none flips back while the canary's share rises or falls";

    public Needs Needs => Needs.Admin | Needs.Origins;

    public double DefaultSeconds => 30;

    public double DefaultRate => 4400;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Sticky);
        Dictionary<string, int> before = await run.Admin.WeightsAsync(service.Name);
        try
        {
            await PlayAsync(run, service);
        }
        finally
        {
            await run.Admin.SetWeightsAsync(service.Name, before);
        }
    }

    private static async Task PlayAsync(ScenarioRun run, ServiceUnderTest service)
    {
        double stageSeconds = run.Seconds / Percents.Length;
        int users = (int)Math.Clamp(run.Rate / 2 * stageSeconds * RoundPart, UsersMin, UsersMax);
        (int stable, int canary) = (IndexOf(service, "stable"), IndexOf(service, "canary"));
        var log = new AnswerLog(run.Clock);
        IHttpStep[] steps = [new LoggedStep(new UserStep(service.Host, service.Path, users), log), new LoggedStep(new UserStep(service.Host, service.Path, users), log)];
        var stages = new List<(int Percent, UsersAtShare Users)>();
        UserMoves rising = new(users, canary);
        UserMoves falling = new(users, stable);
        await run.Admin.SetWeightsAsync(service.Name, Split(0));
        ProcessUse use = await run.Admin.ProcessUseAsync();
        string[] names = ["users", "the same users on other connections"];
        await using var one = new BackgroundLoad(run, names[0], service.Versions, run.Http, steps[0], run.Rate / 2);
        await using var other = new BackgroundLoad(run, names[1], service.Versions, run.Http, steps[1], run.Rate / 2);
        for (int i = 0; i < Percents.Length; i++)
        {
            await run.Admin.SetWeightsAsync(service.Name, Split(Percents[i]));
            double from = run.Clock.Seconds;
            foreach (string name in names)
            {
                run.Intend(name, "canary", Percents[i] / 100.0);
                run.Intend(name, "stable", 1 - (Percents[i] / 100.0));
            }

            var atShare = new UsersAtShare(users, from);
            stages.Add((Percents[i], atShare));
            // The top belongs to both ways: at 100 % everybody is on the canary, and from there users come back.
            UserMoves moves = i <= Top ? rising : falling;
            double taken = from;
            do
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(from + stageSeconds - taken, PollSeconds, stageSeconds / 10)), run.Cancel);
                double now = run.Clock.Seconds;
                // Two halves of the log's time axis meet at `now`: what ends at it is in both, and a judge that sees it twice thinks the same of it.
                Answer[] answers = log.Since(taken);
                moves.Add(answers);
                atShare.Add(answers);
                taken = now;
            }
            while (taken < from + stageSeconds || (atShare.Seen < users && taken < from + stageSeconds + StageSecondsMore));

            log.Forget(from);
        }

        StepResult[] results = [await one.StopAsync(), await other.StopAsync()];
        foreach (StepResult result in results) run.ExpectNoFailures(result);
        Tell(run, users, canary, stages, rising, falling);
        await run.FigureUseAsync(use, results.Sum(result => result.Ended));
    }

    private static void Tell(ScenarioRun run, int users, int canary, List<(int Percent, UsersAtShare Users)> stages, UserMoves rising, UserMoves falling)
    {
        run.ExpectAtLeast("users seen at each share, least", stages.Min(stage => stage.Users.Seen), users);
        run.ExpectAtMost("answers of another version than the user's while the shares stood still", stages.Sum(stage => stage.Users.Changes), 0);
        run.ExpectAtMost("answers of stable to users of the canary while its share rose", rising.Back, 0);
        run.ExpectAtMost("answers of the canary to users of stable while its share fell", falling.Back, 0);
        foreach ((int percent, UsersAtShare at) in stages.Take(Top + 1))
        {
            (int least, int most) = Binomial.Bounds(users, percent / 100.0, Deviations);
            int count = at.Count(canary);
            run.Expect($"users on the canary at {percent} %", $"{count} of {users}", least == most ? least.ToString(CultureInfo.InvariantCulture) : $"{least} to {most}", count >= least && count <= most);
        }

        // The way back leads over the same shares: the same users have the canary there.
        int others = Enumerable.Range(0, Top).Sum(i => stages[i].Users.Versions.Zip(stages[Percents.Length - 1 - i].Users.Versions).Count(pair => pair.First != pair.Second));
        run.ExpectAtMost("users with another version at the same share on the way back", others, 0);
        run.Figure("users", users);
        run.Figure("answers of each user, on average", run.Steps.Sum(step => step.Ended) / (double)users);
    }

    private static int IndexOf(ServiceUnderTest service, string version) => service.Versions.Names.ToList().IndexOf(version);

    private static Dictionary<string, int> Split(int percent) => new(StringComparer.Ordinal) { ["stable"] = 100 - percent, ["canary"] = percent };
}
