namespace FastCanary.LoadTests.Scenarios;

/// <summary>Every scenario, in the order in which <c>all</c> plays them.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<IScenario> List { get; } =
    [
        new GeneratorScenario(),
        new SplitScenario(),
        new HotReloadScenario(),
        new StickyScenario(),
        new FailoverScenario(),
        new BadCanaryScenario(),
        new RampScenario(),
        new SoakScenario(),
        new IdleScenario(),
        new LargeScenario(),
        new WebSocketScenario(),
        new TcpScenario(),
    ];
}
