using System.Runtime.InteropServices;

namespace FastCanary.Proxy;

/// <summary>A JSON number (RFC 8259, section 6) as what it stands for: sign, digits and the place of the point, exact, however it is spelled.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct JsonNumber
{
    // Longer exponents are compared as text.
    private const int ExponentDigitsMax = 15;

    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;
    private readonly int _first;
    private readonly int _end;
    private readonly long _point;
    private readonly bool _isNegative;

    private JsonNumber(ReadOnlySpan<byte> text, long exponent)
    {
        _isNegative = text[0] == (byte)'-';
        if (_isNegative) text = text[1..];
        var point = text.IndexOf((byte)'.');
        _whole = point < 0 ? text : text[..point];
        _fraction = point < 0 ? default : text[(point + 1)..];
        _end = _whole.Length + _fraction.Length;
        while (_first < _end && this[_first] == (byte)'0') _first++;
        while (_end > _first && this[_end - 1] == (byte)'0') _end--;
        // Where the point stands, counted from the first digit that is not 0.
        _point = _whole.Length - _first + exponent;
    }

    private byte this[int index] => index < _whole.Length ? _whole[index] : _fraction[index - _whole.Length];

    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        if (!TrySplit(ref left, out var leftExponent) || !TrySplit(ref right, out var rightExponent)) return false;
        return new JsonNumber(left, leftExponent).Equals(new JsonNumber(right, rightExponent));
    }

    private bool Equals(JsonNumber other)
    {
        var digits = _end - _first;
        if (digits != other._end - other._first) return false;
        // Zero has no sign and no magnitude.
        if (digits == 0) return true;
        if (_isNegative != other._isNegative || _point != other._point) return false;
        for (var i = 0; i < digits; i++)
        {
            if (this[_first + i] != other[other._first + i]) return false;
        }

        return true;
    }

    /// <summary>Takes the exponent off.</summary>
    private static bool TrySplit(ref ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        var at = text.IndexOfAny((byte)'e', (byte)'E');
        if (at < 0) return true;
        var digits = text[(at + 1)..];
        text = text[..at];
        var isNegative = digits[0] == (byte)'-';
        if (digits[0] is (byte)'-' or (byte)'+') digits = digits[1..];
        digits = digits.TrimStart((byte)'0');
        // Zero is zero, whatever its exponent.
        if (text.IndexOfAnyInRange((byte)'1', (byte)'9') < 0) return true;
        if (digits.Length > ExponentDigitsMax) return false;
        foreach (var digit in digits) exponent = (exponent * 10) + (digit - '0');
        if (isNegative) exponent = -exponent;
        return true;
    }
}
