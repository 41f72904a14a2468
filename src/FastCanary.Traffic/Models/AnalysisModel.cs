using System.Collections.Immutable;

namespace FastCanary.Traffic;

/// <summary>What of a response counts as evidence.</summary>
public sealed class AnalysisModel
{
    private const int StatusMax = 999;

    private readonly ulong[] _failures = new ulong[(StatusMax / 64) + 1];
    private readonly ImmutableArray<int> _failureStatuses = [];

    /// <summary>Statuses that are failures beside 500 to 599; each 100 to 999.</summary>
    /// <exception cref="ArgumentException">One is no status.</exception>
    public ImmutableArray<int> FailureStatuses
    {
        get => _failureStatuses;
        init
        {
            _failureStatuses = value;
            foreach (int status in value)
            {
                if (status is < 100 or > StatusMax)
                    throw new ArgumentException($"status {status}; expected 100 to {StatusMax}", nameof(value));
                _failures[status >> 6] |= 1UL << (status & 63);
            }
        }
    }

    /// <summary>The name, in lower case, of the field by which a response tells of a business error; null: none does.</summary>
    public byte[]? BusinessHeader { get; init; }

    /// <summary>Whether a version that answers with this status has failed.</summary>
    /// <param name="status">100 to 999.</param>
    public bool IsFailure(int status) => status is >= 500 and <= 599 || (_failures[status >> 6] & (1UL << (status & 63))) != 0;

    /// <summary>Whether the value of <see cref="BusinessHeader"/> says that there was an error: anything but nothing, <c>0</c> and <c>false</c>.</summary>
    public static bool IsBusinessError(ReadOnlySpan<byte> value) => !value.IsEmpty && !value.SequenceEqual("0"u8) && !System.Text.Ascii.EqualsIgnoreCase(value, "false"u8);
}
