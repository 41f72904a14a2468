using FastCanary.Reports;
using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class ExplainTextTests
{
    [Fact]
    public void An_abort_is_told_with_its_split_its_evidence_and_what_can_be_done()
    {
        var decision = Sample.DecisionOf(Sample.Decision(
            8, "aborted", phase: "Aborted", from: """{"stable":95,"canary":5}""", to: """{"stable":100,"canary":0}""", evidence: Sample.Evidence, reason: "errors: more than the baseline's"));
        var later = Sample.DecisionOf(Sample.Decision(9, "weights", actor: "admin: operator", at: "2026-11-22T07:06:00.000Z", reason: "set by hand"));
        Assert.Equal(
            """
            Decision 8 on search: aborted, 2026-11-22 07:04:30Z, by engine

            What     the rollout was aborted: no new request goes to the canary by the split.
            Split    stable  95 % -> 100 %
                     canary  5 % -> 0 %
            Phase    Aborted, step 2 of 4
            Why      errors: more than the baseline's

            Evidence at that moment, since it began to be counted:
              errors
                canary: 41 of 700 (5.86 %) requests failed; stable: 30 of 12,900 (0.23 %).
                E = 1,259, against an abort from E = 200 on.
                Under the assumption that the canary is no worse, counts like these come up in at most 1 of 1,259 releases.
                That is enough to abort.
              latency
                canary: 2 of 650 (0.31 %) responses were slow; stable: 300 of 12,800 (2.34 %).
                E = 0.06, against an abort from E = 331 on.
                Counts like these are nothing unusual for a canary that is no worse.
                That is not enough to abort.
              cpu
                41 % of 70 %

            Next     9 weights, 1m30s later, by admin: operator: set by hand
            Now      Aborted, step 2 of 4 (5 % for 2m at least); stable=95 canary=5
            You can  mend the canary; until then it gets nothing by the split
                     fastcanary retry search: begins the rollout anew
            """,
            Text(decision, [later], Sample.Service("Aborted")));
    }

    [Fact]
    public void A_decision_that_moved_nothing_says_that_the_split_stayed()
    {
        var text = Text(Sample.DecisionOf(Sample.Decision(8, "paused", from: """{"a":95,"b":5}""", to: """{"a":95,"b":5}""")), [], Sample.Service("Paused"));
        Assert.Contains("Split    a  95 %, unchanged\n         b  5 %, unchanged", text, StringComparison.Ordinal);
        Assert.Contains("Next     nothing was decided after it.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Evidence", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_of_an_unknown_kind_with_nothing_recorded_is_told_as_far_as_it_goes()
    {
        var text = Text(Sample.DecisionOf("""{"id":1,"kind":"frobbed"}"""), [], """{"name":"s","versions":[{"name":"a","weight":1}],"rollout":null}""");
        Assert.Equal(
            """
            Decision 1 on s: frobbed, -, by unknown

            Why      no reason is recorded

            Next     nothing was decided after it.
            Now      a=1; no rollout is configured
            """,
            text);
    }

    [Theory]
    [InlineData("Idle", "fastcanary start search")]
    [InlineData("Progressing", "fastcanary pause search")]
    [InlineData("Paused", "fastcanary resume search")]
    [InlineData("Promoted", "fastcanary undo search")]
    [InlineData("Aborting", "fastcanary abort search")]
    [InlineData("Aborted", "fastcanary retry search")]
    public void Each_phase_has_its_remedies(string phase, string remedy) =>
        Assert.Contains(remedy, Text(Sample.DecisionOf(Sample.Decision(1, "started")), [], Sample.Service(phase)), StringComparison.Ordinal);

    [Fact]
    public void Of_many_later_decisions_the_first_are_told_and_the_rest_counted()
    {
        var later = Enumerable.Range(2, 9).Select(static id => Sample.DecisionOf(Sample.Decision(id, "reduced"))).ToArray();
        var text = Text(Sample.DecisionOf(Sample.Decision(1, "aborting")), later, Sample.Service());
        Assert.Contains("\n         6 reduced", text, StringComparison.Ordinal);
        Assert.DoesNotContain("7 reduced", text, StringComparison.Ordinal);
        Assert.Contains("and 4 more", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.2", "nothing unusual")]
    [InlineData("0.30103", "at most 1 of 2 releases")]
    [InlineData("15.7", "at most 1 of 10^15 releases")]
    [InlineData("1e308", "at most 1 of 10^")]
    public void An_E_value_is_told_as_how_rare_it_is(string log10, string words) =>
        Assert.Contains(
            words,
            Text(Sample.DecisionOf(Sample.Decision(1, "paused", evidence: $$"""[{"guard":"errors","log10":{{log10}},"abortAt":2.3}]""")), [], Sample.Service()),
            StringComparison.Ordinal);

    private static string Text(DecisionReport decision, IReadOnlyList<DecisionReport> later, string service) =>
        string.Join('\n', ExplainText.Lines(decision, later, Sample.ServiceOf(service)));
}
