using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Judging;

/// <summary>How answers follow a change of the split.</summary>
internal static class Change
{
    /// <summary>When the last request was sent that a version which gets nothing any more answered.</summary>
    /// <param name="answers">In any order.</param>
    /// <param name="changedAt">Seconds: when the change began. Requests that were sent before belong to the old split.</param>
    /// <param name="weights">The new split.</param>
    /// <returns>Seconds; <paramref name="changedAt"/> where there was none.</returns>
    public static double FollowedAt(IEnumerable<Answer> answers, double changedAt, IReadOnlyList<int> weights) =>
        answers.Where(answer => answer.SentAt > changedAt && answer.Version >= 0 && weights[answer.Version] == 0).Select(answer => answer.SentAt).DefaultIfEmpty(changedAt).Max();

    /// <summary>Whether a change is in force: what was sent last by a stretch of time, and all between, was answered by the new split. That nothing was answered is no sign of it.</summary>
    /// <param name="answers">As for <see cref="FollowedAt"/>.</param>
    /// <param name="changedAt">As for <see cref="FollowedAt"/>.</param>
    /// <param name="seconds">Of the stretch.</param>
    /// <param name="weights">The new split.</param>
    public static bool IsCalm(IReadOnlyList<Answer> answers, double changedAt, double seconds, IReadOnlyList<int> weights) =>
        answers.Any(answer => !answer.HasFailed) && answers.Where(answer => !answer.HasFailed).Max(answer => answer.SentAt) >= FollowedAt(answers, changedAt, weights) + seconds;

    /// <summary>The longest time without an answer, in seconds; 0 where there are fewer than two.</summary>
    /// <param name="answers">In the order in which they ended.</param>
    public static double LongestGap(IReadOnlyList<Answer> answers)
    {
        double longest = 0;
        for (int i = 1; i < answers.Count; i++) longest = Math.Max(longest, answers[i].EndedAt - answers[i - 1].EndedAt);
        return longest;
    }
}
