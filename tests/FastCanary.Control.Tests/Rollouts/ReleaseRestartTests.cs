namespace FastCanary.Control.Tests.Rollouts;

/// <summary>What a process finds that starts where another one has ended, or was killed.</summary>
public sealed class ReleaseRestartTests
{
    private const string Plain = """
        versions:
          stable: { weight: 9, endpoints: ["$0"] }
          canary: { weight: 1, endpoints: ["$1"] }
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rollout_goes_on_with_its_split_step_evidence_and_decisions(bool isKilled)
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        for (int i = 0; i < 25; i++)
        {
            lab.Ask(7);
            lab.Second();
        }

        lab.Do(RolloutVerb.Promote);
        lab.Ask(40);
        lab.Second();
        string before = Picture(lab);
        if (isKilled) lab.Kill();
        else lab.Stop();
        lab.Start();
        Assert.Equal(before, Picture(lab));
        lab.Ask(20);
        lab.Second();
        Assert.Equal(175 / 10 + 20 + 10, lab.Rollout.Evidence[0].Requests!.Canary, 1.0);
        Assert.Null(lab.JournalFault());
    }

    [Fact]
    public void A_kill_at_any_moment_leaves_what_was_last_decided()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        var random = new Random(5);
        var pictures = new List<(string Folder, string Picture)>();
        RolloutVerb[] verbs = [RolloutVerb.Start, RolloutVerb.Pause, RolloutVerb.Resume, RolloutVerb.Promote, RolloutVerb.Abort, RolloutVerb.Retry];
        for (int i = 0; i < 60; i++)
        {
            switch (random.Next(4))
            {
                case 0: lab.Command(verbs[random.Next(verbs.Length)]); break;
                case 1: lab.SetWeights(("stable", random.Next(1, 5)), ("canary", random.Next(5))); break;
                default:
                    lab.Ask(random.Next(1, 10));
                    lab.Second(random.Next(1, 4));
                    break;
            }

            if (random.Next(4) > 0) continue;
            string folder = lab.Folder($"kill-{i}");
            // What is counted and not yet looked at is not known to anybody.
            lab.Second();
            lab.CopyState(folder);
            pictures.Add((folder, Picture(lab)));
        }

        foreach ((string folder, string picture) in pictures)
        {
            lab.Stop();
            lab.PutState(folder);
            lab.Start();
            Assert.Equal((folder, picture), (folder, Picture(lab)));
        }
    }

    [Fact]
    public void A_split_without_a_rollout_survives()
    {
        using ReleaseLab lab = Lab(Plain);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 5), ("canary", 7)));
        lab.Kill();
        lab.Start();
        Assert.Equal("stable=5 canary=7", lab.Split);
        Assert.Equal("weights", Assert.Single(lab.Service.Decisions).Kind);
        lab.Restart();
        Assert.Equal("stable=5 canary=7", lab.Split);
    }

    [Fact]
    public void A_file_that_was_changed_meanwhile_wins_where_it_was()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Stop();
        lab.Write(ReleaseLab.Gated.Replace("weight: 1,", "weight: 3,", StringComparison.Ordinal));
        lab.Start();
        Assert.Equal(("Paused", "stable=9 canary=3"), (lab.Rollout.Phase, lab.Split));
        Assert.Equal("weights by restart: stable=1 canary=1 -> stable=9 canary=3", lab.Decisions[^1]);
    }

    [Fact]
    public void Another_canary_begins_its_rollout_again_at_a_restart_and_stays_paused_where_it_was()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Do(RolloutVerb.Pause);
        lab.Stop();
        lab.Write(ReleaseLab.Gated.Replace("$1", "$2", StringComparison.Ordinal));
        lab.Start();
        Assert.Equal(("Paused", 1, "stable=9 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Equal(["reset by restart: stable=1 canary=1 -> stable=9 canary=1", "paused by restart: stable=9 canary=1 -> stable=9 canary=1"], lab.Decisions[^2..]);
    }

    [Fact]
    public void A_rollout_that_the_file_got_meanwhile_begins_with_the_live_split()
    {
        using ReleaseLab lab = Lab(Plain);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 1), ("canary", 1)));
        lab.Stop();
        lab.Write(ReleaseLab.Gated);
        lab.Start();
        Assert.Equal("stable=1 canary=1", lab.Split);
        lab.Ask(20);
        lab.Second();
        lab.Ask(20);
        lab.Second();
        Assert.Empty(lab.Rollout.Problems);
        lab.Do(RolloutVerb.Abort);
        Assert.Equal("aborted by admin: operator: stable=1 canary=1 -> stable=1 canary=0", lab.Decisions[^1]);
    }

    [Theory]
    [InlineData("state.json")]
    [InlineData("journal.jsonl")]
    public void What_is_damaged_is_not_believed_and_the_baseline_gets_everything(string file)
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Stop();
        string path = Path.Combine(lab.StatePath, file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        lab.Start();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        Assert.Contains(lab.Log.Lines, line => line.StartsWith("204 Critical ", StringComparison.Ordinal) && line.Contains(file, StringComparison.Ordinal));
        Assert.Equal("aborted by restart: stable=9 canary=1 -> stable=1 canary=0", lab.Decisions[^1]);
        lab.Ask(20);
        Assert.Equal(0, lab.Origins[1].Requests);
        lab.Restart();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        lab.Do(RolloutVerb.Retry);
        Assert.Equal("stable=9 canary=1", lab.Split);
    }

    [Fact]
    public void A_state_whose_next_entries_the_journal_has_lost_is_not_believed()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Stop();
        string state = Path.Combine(lab.StatePath, "state.json");
        byte[] old = File.ReadAllBytes(state);
        lab.Start();
        lab.Do(RolloutVerb.Promote);
        lab.Stop();
        string[] lines = File.ReadAllLines(Path.Combine(lab.StatePath, "journal.jsonl"));
        // As a rotation leaves it that has deleted the oldest file.
        File.WriteAllText(Path.Combine(lab.StatePath, "journal.jsonl"), string.Concat(lines.TakeLast(2).Select(line => line + "\n")));
        File.WriteAllBytes(state, old);
        lab.Start();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
    }

    private static ReleaseLab Lab(string service) => new(service, new CountingOrigin(), new CountingOrigin(), new CountingOrigin());

    private static string Picture(ReleaseLab lab)
    {
        RolloutReport rollout = lab.Rollout;
        string evidence = string.Join(' ', rollout.Evidence.Select(guard => $"{guard.Guard} {guard.Requests} {guard.Events}"));
        string decisions = string.Join(' ', lab.Service.Decisions.Select(decision => $"{decision.Id} {decision.Kind} {decision.At:O} {decision.Phase} {decision.Step} {string.Join(',', decision.To)} {decision.Reason} {decision.Evidence.Count}\n"));
        return $"{lab.Split} {rollout.Phase} {rollout.Step} {rollout.Reason} {rollout.Since:O} {rollout.StepSince:O} {evidence}\n{decisions}";
    }
}
