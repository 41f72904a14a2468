using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Judging;

/// <summary>Which version each user has while the shares stand still.</summary>
/// <param name="users">How many there are; requests are theirs in turn.</param>
/// <param name="from">Seconds: from here on the shares stand still.</param>
internal sealed class UsersAtShare(int users, double from)
{
    private readonly int[] _versions = [.. Enumerable.Repeat(VersionNames.Unknown, users)];

    /// <summary>Users that were answered.</summary>
    public int Seen => _versions.Count(version => version >= 0);

    /// <summary>Answers of another version than the user's first one.</summary>
    public long Changes { get; private set; }

    /// <summary>The version of each user; <see cref="VersionNames.Unknown"/> where there was no answer.</summary>
    public IReadOnlyList<int> Versions => _versions;

    /// <summary>Takes answers, in any order; those to requests that were sent before the shares stood still, and those that failed, say nothing.</summary>
    public void Add(IEnumerable<Answer> answers)
    {
        foreach (Answer answer in answers)
        {
            if (answer.SentAt <= from || answer.HasFailed || answer.Version < 0) continue;
            ref int version = ref _versions[answer.Number % users];
            if (version < 0) version = answer.Version;
            else if (version != answer.Version) Changes++;
        }
    }

    /// <summary>Users of a version.</summary>
    public int Count(int version) => _versions.Count(other => other == version);
}
