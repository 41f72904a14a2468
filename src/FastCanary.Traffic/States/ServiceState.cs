namespace FastCanary.Traffic;

/// <summary>What of a service outlives a reload; the same object for the same name.</summary>
public sealed class ServiceState
{
    private UserSet[]? _users;
    private int _epoch;

    internal ServiceState(int id, string name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Dense from 0, in order of first appearance; never given to another service while the process lives.</summary>
    public int Id { get; }

    /// <summary>As configured.</summary>
    public string Name { get; }

    /// <summary>Where the split stands. It carries on over snapshots.</summary>
    public SplitCounter Counter { get; } = new();

    /// <summary>Where the choice of mirrored requests stands.</summary>
    public SplitCounter MirrorCounter { get; } = new();

    /// <summary>Where the choice of requests for the fault drill stands.</summary>
    public SplitCounter FaultCounter { get; } = new();

    /// <summary>How often the shares of the split have changed: the <see cref="ServiceModel.Epoch"/> of the model in force.</summary>
    public int Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }

    /// <summary>From where on a response counts as slow.</summary>
    public SlowThresholds SlowThresholds { get; } = new();

    /// <summary>
    /// Forgets which users have failed or waited, because their evidence begins anew. From the first call on, events are told apart by their users, at 512 KiB a service: for services with
    /// affinity. Control plane; what loops add meanwhile may be forgotten too.
    /// </summary>
    public void ResetUsers()
    {
        if (_users is not { } users)
        {
            users = new UserSet[1 + SlowThresholds.Quantiles];
            for (int i = 0; i < users.Length; i++)
                users[i] = new UserSet();
            Volatile.Write(ref _users, users);
            return;
        }

        foreach (UserSet set in users)
            set.Clear();
    }

    /// <summary>Notes a user's failure. Any loop; no lock, no allocation.</summary>
    /// <param name="userHash">The hash of the user's key (<see cref="AffinityModel.Hash"/>).</param>
    /// <returns>Whether it is the user's first; always where users are not told apart.</returns>
    public bool IsFirstFailure(ulong userHash) => IsFirst(0, userHash);

    /// <summary>As <see cref="IsFirstFailure"/>, for a slow response.</summary>
    /// <param name="quantile">Slow by which of <see cref="SlowThresholds"/>.</param>
    /// <param name="userHash">As there.</param>
    public bool IsFirstSlow(int quantile, ulong userHash) => IsFirst(1 + quantile, userHash);

    private bool IsFirst(int what, ulong userHash) => Volatile.Read(ref _users) is not { } users || users[what].TryAdd(userHash);
}
