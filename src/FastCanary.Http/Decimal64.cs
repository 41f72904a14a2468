namespace FastCanary.Http;

/// <summary>1*DIGIT, scanned by hand: the library's parsers take signs and white space, which another parser may not.</summary>
internal static class Decimal64
{
    /// <summary>As many digits as the largest signed 64-bit number has; longer runs of leading zeros are refused with the overflows.</summary>
    private const int DigitsMax = 19;

    /// <summary>Reads 1 to 19 digits; false for anything else and beyond <see cref="long.MaxValue"/>.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.Length is 0 or > DigitsMax) return false;
        ulong sum = 0;
        foreach (byte digit in digits)
        {
            uint one = (uint)digit - '0';
            if (one > 9) return false;
            // 19 nines fit in 64 unsigned bits, so the sum cannot wrap.
            sum = (sum * 10) + one;
        }

        value = (long)sum;
        return sum <= long.MaxValue;
    }
}
