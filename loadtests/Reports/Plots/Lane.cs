using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>Steps of a scenario that follow each other, so that one line over time shows all of them.</summary>
internal sealed class Lane
{
    private readonly List<StepResult> _steps = [];

    private Lane()
    {
    }

    /// <summary>In the order of time; each has had requests.</summary>
    public IReadOnlyList<StepResult> Steps => _steps;

    /// <summary>In seconds of the scenario.</summary>
    public double From => _steps[0].From;

    /// <summary>In seconds of the scenario.</summary>
    public double To => _steps[^1].To;

    /// <summary>The names of the versions of all its steps.</summary>
    public IReadOnlyList<string> Versions => [.. _steps.SelectMany(step => step.Versions).Distinct(StringComparer.Ordinal)];

    /// <summary>As few lanes as the steps need: those that overlap are in different ones.</summary>
    public static IReadOnlyList<Lane> Of(IEnumerable<StepResult> steps)
    {
        List<Lane> lanes = [];
        foreach (StepResult step in steps.Where(step => step.Ended > 0).OrderBy(step => step.From))
        {
            Lane? free = lanes.Find(lane => lane.To <= step.From);
            if (free is null) lanes.Add(free = new Lane());
            free._steps.Add(step);
        }

        return lanes;
    }

    /// <summary>What each second saw of all steps: one that ends in it and one that begins in it add up.</summary>
    public IReadOnlyList<LaneSecond> Seconds()
    {
        SortedDictionary<int, LaneSecond> seconds = [];
        foreach (StepResult step in _steps)
        {
            foreach (SecondSample sample in step.LoadedSeconds)
            {
                if (!seconds.TryGetValue(sample.Second, out LaneSecond? second)) seconds.Add(sample.Second, second = new LaneSecond(sample.Second));
                second.Succeeded += sample.Succeeded;
                second.Failed += sample.Failed;
                second.Covered += Math.Max(0, Math.Min(step.To, sample.Second + 1) - Math.Max(step.From, sample.Second));
            }
        }

        return [.. seconds.Values];
    }
}
