namespace FastCanary.Decisions;

/// <summary>What is tried.</summary>
internal static class Study
{
    private const int Day = 24 * 60;

    private static readonly double[] ErrorRates = [0.001, 0.005, 0.01, 0.05];

    /// <summary>All tables, in the report's order.</summary>
    public static CellGroup[] Groups { get; } =
    [
        new(
            "A release that is no worse: constant traffic",
            "10 requests/s for 60 minutes, a look each second.",
            TableShape.FalseAborts,
            NoWorse(TrafficKind.Constant, [100, 500, 1000, 2500, 5000])),
        new(
            "A release that is no worse: a day's ups and downs",
            "24 hours at 10 requests/s on average, begun at any time of the day. Requests and error rate each swing by 80 % around their average, the error rate up to a quarter of a day behind. A look each minute, to keep the study short: looking less often can only miss some of an E-value's peaks.",
            TableShape.FalseAborts,
            NoWorse(TrafficKind.Diurnal, [100, 1000, 5000], minutes: Day, lookSeconds: 60)),
        new(
            "A release that is no worse: outages of something that both versions need",
            "10 requests/s for 60 minutes, a look each second. Every 20 minutes on average, for 2 minutes on average, 5 % to 80 % of all requests fail, whichever version they are on.",
            TableShape.FalseAborts,
            NoWorse(TrafficKind.Outages, [100, 1000, 5000])),
        new(
            "A release that is no worse: users who stay on a version, and a heavy one who always fails",
            "10 requests/s for 60 minutes, a look each second. 2,048 users; how often one asks falls with a power of its rank, and the one who asks most (3 % of all requests) fails always, on either version. FastCanary counts each user's first failure; the others count requests, as they do. The last column is what FastCanary's own test would do on requests.",
            TableShape.FalseAborts,
            NoWorse(TrafficKind.Users, [100, 1000, 5000])),
        new(
            "A release that is no slower: latency",
            "10 requests/s for 60 minutes, a look each 10 seconds; log-normal latencies (median 50 ms, spread 0.6). \"Slow spells\": every 20 minutes on average, for 5 minutes on average, both versions take twice as long. With a tolerance of 0 the null hypothesis just holds, which is the hardest case; 30 % is the default.",
            TableShape.FalseAborts,
            [.. from traffic in new[] { TrafficKind.Latency, TrafficKind.SlowSpells }
                from of in new (int Tolerance, int Share)[] { (0, 100), (0, 1000), (0, 5000), (3000, 1000) }
                select Slow(traffic, of.Tolerance, of.Share)]),
        new(
            "A release that fails 3 times as often, within 60 minutes",
            "10 requests/s, a look each second. Each entry: how many of the runs were aborted, when half of them had been, and how many requests had failed on the canary by then, on average. With users who stay on a version, first failures are what counts: there are fewer of them.",
            TableShape.Detection,
            [
                .. new[] { 100, 500, 1000, 2500, 5000 }.Select(share => Worse(0.005, share)),
                .. new[] { 0.001, 0.01, 0.05 }.Select(rate => Worse(rate, 1000)),
                Worse(0.005, 1000) with { Traffic = TrafficKind.Diurnal },
                Worse(0.005, 1000) with { Traffic = TrafficKind.Outages },
                Worse(0.005, 1000) with { Traffic = TrafficKind.Users },
            ]),
        new(
            "Releases that are worse by other factors, within 60 minutes",
            "As above.",
            TableShape.Detection,
            [.. new[] { 1.5, 2, 5, 10, 100 }.Select(ratio => Worse(0.005, 1000) with { Ratio = ratio })]),
        new(
            "A release whose responses take 50 % longer, within 60 minutes",
            "The latencies of the table above, with the default tolerance of 30 %. Each entry: how many of the runs were aborted, and when half of them had been.",
            TableShape.Detection,
            [
                .. new[] { 100, 500, 1000, 5000 }.Select(share => Slow(TrafficKind.Latency, 3000, share) with { Slowness = 1.5 }),
                Slow(TrafficKind.SlowSpells, 3000, 1000) with { Slowness = 1.5 },
            ]),
        new(
            "The whole default plan, on a release that is no worse",
            "1 % for 1 minute, 5 % for 2, 25 % for 5, 50 % for 5, then 99 % watched for 10 minutes; each step is left on evidence. A look each second. Followed for 6 hours at most. The others judge the same streams, with the shares that FastCanary gives.",
            TableShape.GoodPlan,
            [
                .. ErrorRates.Select(rate => Plan(rate, 1, 100)),
                Plan(0.005, 1, 10),
                Plan(0.005, 1, 100) with { Traffic = TrafficKind.Outages },
                Plan(0.005, 1, 100) with { Traffic = TrafficKind.Diurnal },
            ]),
        new(
            "The whole default plan, on a release that is worse",
            "As above. An abort can come while the promotion is watched.",
            TableShape.BadPlan,
            [Plan(0.005, 1.5, 100), Plan(0.005, 3, 100), Plan(0.005, 3, 10), Plan(0.001, 3, 100), Plan(0.005, 10, 100), Plan(0.005, 100, 100)]),
    ];

    /// <summary>That on which the aim for detection rests: base error 0.5 %, share 10 %, 3 times worse, 10 requests/s, 60 minutes.</summary>
    public static Cell Aim { get; } = Worse(0.005, 1000);

    private static Cell[] NoWorse(TrafficKind traffic, int[] shares, int minutes = 60, int lookSeconds = 1) =>
        [.. from rate in ErrorRates
            from share in shares
            select new Cell { Traffic = traffic, ShareBasisPoints = share, ErrorRate = rate, Minutes = minutes, LookSeconds = lookSeconds }];

    private static Cell Worse(double errorRate, int share) => new() { Traffic = TrafficKind.Constant, ShareBasisPoints = share, ErrorRate = errorRate, Ratio = 3 };

    private static Cell Slow(TrafficKind traffic, int tolerance, int share) => new() { Traffic = traffic, ShareBasisPoints = share, MaxIncreaseBasisPoints = tolerance, LookSeconds = 10 };

    private static Cell Plan(double errorRate, double ratio, double requestsPerSecond) =>
        new() { Traffic = TrafficKind.Constant, ShareBasisPoints = 0, ErrorRate = errorRate, Ratio = ratio, RequestsPerSecond = requestsPerSecond, Minutes = 6 * 60 };
}
