using System.Globalization;

namespace FastCanary.Decisions;

/// <summary>The page of the documentation.</summary>
internal static class Page
{
    public static string Of(StudyResult result)
    {
        var page = new Report();
        string runs = result.Runs.ToString("#,0", CultureInfo.InvariantCulture);
        page.Line(
            $"""
            # The quality of decisions

            How often FastCanary aborts a release that is no worse, how soon it finds one that is, and what other rules make of the same traffic. All of it is simulated, {runs} runs a line; one command makes
            this page, with the same figures on any number of cores:

                dotnet run -c Release --project bench/FastCanary.Decisions -- --runs {result.Runs} --seed {result.Seed}

            | option | what |
            |---|---|
            | `--runs N` | runs of each line; 20000 by default, which takes some 10 minutes on two cores |
            | `--seed N` | other streams |
            | `--quick` | 500 runs, printed instead of written: shows that everything runs, and checks the claims as far as 500 runs can tell |
            | `--table TEXT` | only tables with this in their heading, printed |
            | `--output FILE` | another place for the page |

            It exits with 1 where a claim does not hold. `tests/FastCanary.Release.Tests` runs a small part of it.

            ## What it shows

            | claim | found | |
            |---|---|---|
            """);
        foreach (StudyCheck check in result.Checks)
            page.Line($"| {check.Claim} | {check.Found} | {(check.Holds ? "holds" : "**does not hold**")} |");
        page.Line();
        page.Line(
            """
            What it does not show:

            - **Evidence is failures.** A small share, few requests or a low base error make few of them, and what is a little worse takes long to tell from what is not. The aim of 99 % within an hour holds for the line it
              names and for those with more traffic on the canary or more errors; at a smaller share or a base error of 0.1 %, and where the hour is one of few errors, only a part of the releases that are 3 times worse is found
              in that time.
            - **A plan may be promoted before a worse release is found**: the last column of the last table. A step is left when the canary is shown to be less than twice as bad, *or* to fail in less than 5 % of its requests
              (`errors.maxRate`, where it is set). With little traffic the latter is shown first; a bound close to what the service is used to narrows the gap.
            - **An outage of something shared, and users who fail on every version, are evidence against a difference.** They fall on both versions alike, so a release that is worse beside them is found later.
            - **The others find more, and sooner**, because they accept that most releases that are no worse are aborted with them. Their figures for worse releases are to be read beside their false aborts.
            - The traffic is simulated: requests fail independently of each other, given the circumstances that each table names, and each ends in the look in which it began.

            ## How it is done

            - **FastCanary** is the engine's own state machine (`Rollout`), with the default analysis: 1 % false aborts, half of that for errors and three tenths for latency. At a fixed share its plan is one step whose hold never ends.
            - **The same streams.** All rules of a line see the same requests. At a fixed share each of them goes on to the end of the hour, or to its own abort. A table of the whole plan uses the shares that FastCanary gives.
            - **Requests** arrive at random (Poisson) and are split one by one by the proxy's own `SplitTable`. Where users stay on a version, their bucket is uniform and the proxy's `AffinitySplit` decides.
            - **Looks** are a second apart, as the engine's are, unless a table says otherwise. Only the canary's events raise an E-value: at a fixed share, looks without any are handed on together with the next one that has some, which changes no decision.
            - **Latency thresholds** are set each minute for the next one, from the baseline's histogram (`LatencyScale`) of that minute.
            - **Random numbers** are of the engine's own simulation (`SimulatedRandom`), a stream for each run.
            - Percentages are of all runs. In brackets: Wilson's score interval at 95 %. "Median" is when half of *all* runs had been aborted; "-" where fewer were. An abort is final, right or wrong.

            | beside it | rule |
            |---|---|
            | 99 %, N strikes | once a minute, the success rate of the canary's requests of that minute must be at least 99 %; aborts at the Nth minute in which it is not. As Flagger's `request-success-rate` with `threshold: N`, and Argo Rollouts' `failureLimit: N - 1` |
            | z-test, each minute | once a minute, the pooled two-proportion z-test of all requests so far, one-sided at 1 % |
            | Mann-Whitney, 1-minute windows | every 10 minutes, on each version's failure rates of the last 60 minutes: aborts where the 98 % confidence interval of the shift lies above a quarter of its estimate, as Kayenta's judge classifies a metric |
            | p99 +30 %, N strikes | once a minute, the canary's p99 of that minute must be at most 30 % above the baseline's; aborts at the Nth minute in which it is not |
            | FastCanary's test on requests | the test of errors as it is, but on all failures instead of each user's first |

            ## Figures

            """);
        return page + TablesOf(result);
    }

    /// <summary>Its tables alone.</summary>
    public static string TablesOf(StudyResult result)
    {
        var page = new Report();
        foreach ((CellGroup group, Outcome[][] outcomes) in result.Tables)
            page.Table(group, outcomes);
        return page.ToString().TrimEnd('\n') + "\n";
    }
}
