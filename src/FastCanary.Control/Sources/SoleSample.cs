using System.Globalization;
using System.Text;

namespace FastCanary.Control;

/// <summary>The one sample of a name that metrics have to hold.</summary>
/// <param name="name">Its name.</param>
internal struct SoleSample(string name)
{
    private readonly byte[] _nameUtf8 = Encoding.UTF8.GetBytes(name);
    private int _count;

    /// <summary>The value, where there is no problem.</summary>
    public double Value { get; private set; }

    /// <summary>Why there is no usable value; null where there is.</summary>
    public readonly string? Problem => _count switch
    {
        0 => $"there is no {name}",
        > 1 => string.Create(CultureInfo.InvariantCulture, $"there are {_count} samples of {name} instead of one"),
        _ => double.IsFinite(Value) && Value >= 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{name} is {Value}"),
    };

    /// <summary>Takes a sample in, if it has the name.</summary>
    public void Take(ReadOnlySpan<byte> sampleName, double value)
    {
        if (!sampleName.SequenceEqual(_nameUtf8)) return;
        _count++;
        Value = value;
    }
}
