using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Judging;

/// <summary>Whether users move one way only while a share goes one way: nobody who was answered by the version that grows is answered by another one later.</summary>
/// <param name="users">How many there are; requests are theirs in turn.</param>
/// <param name="growing">The number of the version whose share grows.</param>
internal sealed class UserMoves(int users, int growing)
{
    // When a user's first answer of the growing version was there; infinite before.
    private readonly double[] _movedAt = [.. Enumerable.Repeat(double.PositiveInfinity, users)];

    /// <summary>Answers of another version to a request that was sent after its user had been answered by the growing one.</summary>
    public long Back { get; private set; }

    /// <summary>Users that the growing version has answered.</summary>
    public int Moved => _movedAt.Count(double.IsFinite);

    /// <summary>Takes answers in the order in which they ended. What has failed says nothing.</summary>
    public void Add(IEnumerable<Answer> answers)
    {
        foreach (Answer answer in answers)
        {
            if (answer.HasFailed || answer.Version < 0) continue;
            ref double movedAt = ref _movedAt[answer.Number % users];
            if (answer.Version == growing) movedAt = Math.Min(movedAt, answer.EndedAt);
            else if (answer.SentAt > movedAt) Back++;
        }
    }
}
