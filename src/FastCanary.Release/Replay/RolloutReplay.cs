using System.Text.Json;

namespace FastCanary.Release;

/// <summary>Decides a recorded rollout again: from the same looks and the same commands come the same decisions, or, with another plan, those that it would have taken.</summary>
public static class RolloutReplay
{
    /// <param name="records">A service's entries, oldest first. What comes before the first <see cref="ReplayRecord.Begin"/> cannot be decided and is passed over.</param>
    /// <param name="plan">The plan to decide by; null: the recorded ones.</param>
    /// <exception cref="JsonException">An entry is not what its kind says.</exception>
    public static IReadOnlyList<ReplayedDecision> Run(IEnumerable<ReplayRecord> records, RolloutPlan? plan)
    {
        var results = new List<ReplayedDecision>();
        var expected = new Queue<RecordedDecision>();
        Rollout? rollout = null;
        foreach (ReplayRecord record in records)
        {
            switch (record.Kind)
            {
                case ReplayRecord.Begin:
                    Missed();
                    // A rollout under another plan has a state of its own from its beginning on.
                    if (plan is not null && rollout is not null)
                        break;
                    RolloutBegin begin = Parse(record, ReleaseJson.Default.RolloutBegin);
                    if (begin is not { Plan: not null, State: not null })
                        throw new JsonException($"entry {record.N}: not a {ReplayRecord.Begin}: it has no plan or no state");
                    rollout = new Rollout(plan ?? begin.Plan, begin.State);
                    break;
                case ReplayRecord.Observation when rollout is not null:
                    Take(rollout.Observe(Parse(record, ReleaseJson.Default.Observation)));
                    break;
                case ReplayRecord.Command when rollout is not null:
                    Take(rollout.Command(Parse(record, ReleaseJson.Default.RolloutCommand)).Decisions);
                    break;
                case ReplayRecord.Decision when rollout is not null && RecordedDecision.Parse(record.Body) is { } recorded:
                    _ = expected.TryPeek(out RecordedDecision? replayed);
                    // What a start decides by itself follows from nothing that is recorded; the begin behind it says what came of it.
                    if (recorded.Actor == Rollout.Restart && recorded != replayed)
                        break;
                    _ = expected.TryDequeue(out _);
                    results.Add(new ReplayedDecision(record.N, recorded, replayed));
                    break;
            }
        }

        Missed();
        return results;

        void Take(IEnumerable<Decision> decisions)
        {
            Missed();
            foreach (Decision decision in decisions)
                expected.Enqueue(RecordedDecision.Of(decision));
        }

        // Came out now, but was not recorded.
        void Missed()
        {
            while (expected.TryDequeue(out RecordedDecision? replayed))
                results.Add(new ReplayedDecision(0, Recorded: null, replayed));
        }
    }

    private static T Parse<T>(in ReplayRecord record, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Body.Span, type) ?? throw new JsonException("is null");
        }
        catch (JsonException e)
        {
            throw new JsonException($"entry {record.N}: not a {record.Kind}: {e.Message}", e);
        }
    }
}
