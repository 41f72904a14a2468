namespace FastCanary.Control.Tests.Rollouts;

/// <summary>A disk that is full: a share still falls, none rises, and the journal is brought up to what is in force as soon as there is room.</summary>
public sealed class ReleaseJournalFailureTests
{
    [Theory]
    [InlineData("promote")]
    [InlineData("resume")]
    public void What_cannot_be_journalled_does_not_raise_a_share(string word)
    {
        RolloutVerb verb = Enum.Parse<RolloutVerb>(word, ignoreCase: true);
        using ReleaseLab lab = Lab();
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Do(RolloutVerb.Pause);
        int decisions = lab.Decisions.Length;
        Fill(lab);
        ChangeResult result = lab.Command(verb);
        Assert.Equal(ChangeOutcome.Failed, result.Outcome);
        Assert.Contains("journal", result.Detail, StringComparison.Ordinal);
        Assert.Equal(("Paused", 2, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Equal(ChangeOutcome.Failed, lab.SetWeights(("stable", 1), ("canary", 9)).Outcome);
        Assert.Equal("stable=1 canary=1", lab.Split);
        lab.Second(30);
        Assert.Single(lab.Log.Lines, line => line.StartsWith("201 Error ", StringComparison.Ordinal));
        Empty(lab);
        lab.Second();
        Assert.Single(lab.Log.Lines, line => line.StartsWith("207 ", StringComparison.Ordinal));
        Assert.Equal(ChangeResult.Done, lab.Command(verb));
        Assert.Equal(decisions + 2, lab.Decisions.Length);
        Assert.StartsWith("restored by engine: stable=1 canary=1 -> stable=1 canary=1", lab.Decisions[^2], StringComparison.Ordinal);
        lab.Kill();
        Assert.Null(lab.JournalFault());
        lab.AssertReplays();
    }

    [Fact]
    public void An_abort_is_put_in_force_without_the_journal_and_comes_to_it_later()
    {
        using ReleaseLab lab = Lab(canaryFails: true);
        lab.Do(RolloutVerb.Start);
        Fill(lab);
        lab.Ask(300);
        lab.Second();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        long before = lab.Origins[1].Requests;
        lab.Ask(50);
        Assert.Equal(before, lab.Origins[1].Requests);
        Assert.Contains(lab.Log.Lines, line => line.StartsWith("200 ", StringComparison.Ordinal) && line.Contains("aborted", StringComparison.Ordinal));
        Empty(lab);
        lab.Second();
        Assert.Equal("aborted by engine: stable=9 canary=1 -> stable=1 canary=0", lab.Decisions[^1]);
        lab.Kill();
        lab.Start();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        Assert.Null(lab.JournalFault());
    }

    [Fact]
    public void What_was_refused_is_not_put_in_force_by_a_restart()
    {
        // Each operation of the disk by itself: an entry may be on it whose flush failed.
        for (int operation = 1; operation <= 8; operation++)
        {
            using ReleaseLab lab = Lab();
            lab.Do(RolloutVerb.Start);
            lab.Disk.FailsCount = 1;
            lab.Disk.FailsAt = lab.Disk.Log.Count + operation;
            ChangeResult result = lab.Command(RolloutVerb.Promote);
            string split = lab.Split;
            Assert.Equal(result.Outcome == ChangeOutcome.Done ? "stable=1 canary=1" : "stable=9 canary=1", split);
            lab.Second();
            lab.Kill();
            lab.Start();
            Assert.Equal((operation, split), (operation, lab.Split));
            Assert.Equal("Progressing", lab.Rollout.Phase);
        }
    }

    [Fact]
    public void A_start_on_a_full_disk_goes_on_where_the_rollout_was_and_the_journal_follows_when_there_is_room()
    {
        using ReleaseLab lab = Lab();
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Kill();
        lab.Disk.IsFull = true;
        lab.Start();
        Assert.Equal(("Progressing", 2, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Equal(ChangeOutcome.Failed, lab.Command(RolloutVerb.Promote).Outcome);
        lab.Ask(20);
        lab.Second(10);
        Assert.Equal(("Progressing", 2, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Single(lab.Log.Lines, line => line.StartsWith("201 Error ", StringComparison.Ordinal));
        lab.Disk.IsFull = false;
        lab.Second();
        Assert.Single(lab.Log.Lines, line => line.StartsWith("207 ", StringComparison.Ordinal));
        lab.Do(RolloutVerb.Abort);
        AssertAbortedAlsoAfterAKill(lab);
    }

    [Fact]
    public void A_start_on_a_full_disk_puts_nothing_in_force_that_has_to_be_journalled_first()
    {
        using ReleaseLab lab = Lab();
        lab.Do(RolloutVerb.Start);
        lab.Kill();
        // The file gives the canary another share than before, which a restart with room would put in force.
        lab.Write(ReleaseLab.Gated.Replace("weight: 1,", "weight: 9,", StringComparison.Ordinal));
        lab.Disk.IsFull = true;
        lab.Start();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        Assert.Contains("No space left", lab.Rollout.Reason, StringComparison.Ordinal);
        lab.Disk.IsFull = false;
        lab.Second();
        AssertAbortedAlsoAfterAKill(lab);
    }

    [Fact]
    public void A_state_that_is_damaged_on_a_full_disk_means_the_baseline()
    {
        using ReleaseLab lab = Lab();
        lab.Do(RolloutVerb.Start);
        lab.Kill();
        File.WriteAllText(Path.Combine(lab.StatePath, StateFile.Name), "{");
        lab.Disk.IsFull = true;
        lab.Start();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        lab.Disk.IsFull = false;
        lab.Second();
        Assert.StartsWith("aborted by restart: stable=9 canary=1 -> stable=1 canary=0", lab.Decisions[^1], StringComparison.Ordinal);
        Assert.Null(lab.JournalFault());
    }

    [Fact]
    public void A_reload_that_cannot_be_journalled_changes_nothing()
    {
        using ReleaseLab lab = Lab();
        lab.Do(RolloutVerb.Start);
        Fill(lab);
        lab.Write(ReleaseLab.Gated.Replace("weight: 1,", "weight: 9,", StringComparison.Ordinal));
        Assert.False(lab.Control.Reload("test").Applied);
        Assert.Equal(("Progressing", "stable=9 canary=1"), (lab.Rollout.Phase, lab.Split));
        Empty(lab);
        Assert.True(lab.Control.Reload("test").Applied);
        Assert.Equal(("Paused", "stable=9 canary=9"), (lab.Rollout.Phase, lab.Split));
    }

    private static ReleaseLab Lab(bool canaryFails = false) => new(ReleaseLab.Gated, new CountingOrigin(), new CountingOrigin(canaryFails ? 1 : 0));

    private static void AssertAbortedAlsoAfterAKill(ReleaseLab lab)
    {
        lab.Kill();
        lab.Start();
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        Assert.Null(lab.JournalFault());
        lab.AssertReplays();
    }

    private static void Fill(ReleaseLab lab) => (lab.Disk.FailsAt, lab.Disk.FailsCount) = (1, int.MaxValue - 1);

    private static void Empty(ReleaseLab lab) => lab.Disk.FailsAt = 0;
}
