using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Judging;

/// <summary>
/// Requests between two moments at which nothing was under way: whatever the order in which they were answered, they are requests in a row for the one who took them, so that an
/// exact split can be asked for under load.
/// </summary>
/// <param name="Total">Requests.</param>
/// <param name="ByVersion">Answers of each version.</param>
/// <param name="Failed">Requests that failed.</param>
internal sealed record QuietWindow(long Total, IReadOnlyList<long> ByVersion, long Failed)
{
    /// <summary>The longest window within two moments.</summary>
    /// <param name="answers">Every request that was under way in this time or sent in it, in any order; more do no harm.</param>
    /// <param name="from">Seconds: only requests that were sent after it count.</param>
    /// <param name="to">Seconds: every request that was sent before has ended.</param>
    /// <param name="versions">How many there are.</param>
    /// <returns>An empty one where there were no two such moments.</returns>
    public static QuietWindow Find(IReadOnlyList<Answer> answers, double from, double to, int versions)
    {
        Answer[] sent = [.. answers.OrderBy(answer => answer.SentAt)];
        (int first, int last) = (-1, -1);
        double busyUntil = double.NegativeInfinity;
        for (int i = 0; i < sent.Length && sent[i].SentAt <= to; i++)
        {
            if (sent[i].SentAt > from && busyUntil <= sent[i].SentAt)
            {
                if (first < 0) first = i;
                last = i;
            }

            busyUntil = Math.Max(busyUntil, sent[i].EndedAt);
        }

        var byVersion = new long[versions];
        long failed = 0;
        for (int i = first; i < last; i++)
        {
            if (sent[i].Version >= 0) byVersion[sent[i].Version]++;
            if (sent[i].HasFailed) failed++;
        }

        return new QuietWindow(last - first, byVersion, failed);
    }

    /// <summary>Whether each version had exactly its share, and nothing failed.</summary>
    public bool IsExact(IReadOnlyList<int> weights) => Failed == 0 && ExactShares.Hold(ByVersion, Total, weights);
}
