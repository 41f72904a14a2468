using System.Runtime.InteropServices;
using System.Text;

namespace FastCanary.Http;

/// <summary>What a message's Connection fields say (RFC 9110 section 7.6.1).</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ConnectionOptions
{
    /// <summary>
    /// Options that name fields are compared with every field of the head, so their number is bounded:
    /// without it, a 32 KiB head of one-letter options costs over a million comparisons.
    /// </summary>
    internal const int NominationsMax = 32;

    private int _nominations;

    internal bool Close { get; private set; }

    internal bool KeepAlive { get; private set; }

    internal bool Upgrade { get; private set; }

    /// <summary>Reads one Connection field line; false when there are too many options.</summary>
    internal bool TryAdd(ReadOnlySpan<byte> value)
    {
        var elements = new ListElements(value);
        while (elements.MoveNext())
        {
            switch (Classify(elements.Current))
            {
                case ConnectionOption.Close: Close = true; break;
                case ConnectionOption.KeepAlive: KeepAlive = true; break;
                case ConnectionOption.Upgrade: Upgrade = true; break;
                case ConnectionOption.Nomination: _nominations++; break;
                default: break;
            }
        }

        return _nominations <= NominationsMax;
    }

    /// <summary>Removes what the options name; called once, when all lines are known.</summary>
    internal readonly void Apply(ref FieldSection fields, ReadOnlySpan<byte> buffer)
    {
        if (_nominations == 0) return;
        for (int i = 0; i < fields.Count; i++)
        {
            FieldLine line = fields.Lines[i];
            if (line.Name != FieldName.Connection) continue;
            var elements = new ListElements(line.Value.Of(buffer));
            while (elements.MoveNext())
            {
                if (Classify(elements.Current) == ConnectionOption.Nomination) fields.Nominate(buffer, elements.Current);
            }
        }
    }

    private static ConnectionOption Classify(ReadOnlySpan<byte> option)
    {
        switch (option.Length)
        {
            case 0:
                return ConnectionOption.None;
            case 5 when Ascii.EqualsIgnoreCase(option, "close"u8):
                return ConnectionOption.Close;
            case 10 when Ascii.EqualsIgnoreCase(option, "keep-alive"u8):
                return ConnectionOption.KeepAlive;
            case 7 when Ascii.EqualsIgnoreCase(option, "upgrade"u8):
                return ConnectionOption.Upgrade;
            default:
                return ConnectionOption.Nomination;
        }
    }
}
