using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>Counts of every version over several weight vectors: exact to the request.</summary>
internal sealed class SplitScenario : IScenario
{
    // Each cycle is one of an exact split: a whole number of cycles gives each version exactly its part.
    private static readonly int[][] Vectors = [[1, 1, 1], [2, 1, 0], [9, 1, 0], [99, 1, 0], [5, 3, 2], [997, 2, 1], [0, 1, 0]];

    public string Name => "split";

    public string Summary => "each version gets exactly its share, to the request, over several weight vectors";

    public Needs Needs => Needs.Admin | Needs.Service;

    public double DefaultSeconds => 35;

    public double DefaultRate => 2000;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Split);
        Dictionary<string, int> before = await run.Admin.WeightsAsync(service.Name);
        string[] names = [.. service.Versions.Names];
        ProcessUse use = await run.Admin.ProcessUseAsync();
        long requests = 0;
        try
        {
            foreach (int[] vector in Vectors.Where(vector => vector.Skip(names.Length).All(weight => weight == 0)))
            {
                int[] weights = [.. Enumerable.Range(0, names.Length).Select(i => i < vector.Length ? vector[i] : 0)];
                await run.Admin.SetWeightsAsync(service.Name, service.Versions, weights);
                string step = string.Join(':', weights);
                foreach ((string name, int weight) in names.Zip(weights)) run.Intend(step, name, weight / (double)weights.Sum());
                StepResult result = await run.LoadAsync(step, service.Versions, new HttpStep(service.Host, service.Path), Simulation.Inject(run.Rate, run.Part(1.0 / Vectors.Length)));
                run.ExpectNoFailures(result);
                ExactSplit.Expect(run, result, weights, "answers");
                requests += result.Ended;
            }
        }
        finally
        {
            await run.Admin.SetWeightsAsync(service.Name, before);
        }

        await run.FigureUseAsync(use, requests);
    }
}
