using System.Runtime.InteropServices;

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
        // One option is the usual case; a list cannot pass for one.
        ConnectionOption only = Classify(value);
        if (only != ConnectionOption.Nomination)
        {
            Add(only);
            return true;
        }

        var elements = new ListElements(value);
        while (elements.MoveNext()) Add(Classify(elements.Current));
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

    private void Add(ConnectionOption option)
    {
        switch (option)
        {
            case ConnectionOption.Close: Close = true; break;
            case ConnectionOption.KeepAlive: KeepAlive = true; break;
            case ConnectionOption.Upgrade: Upgrade = true; break;
            case ConnectionOption.Nomination: _nominations++; break;
            default: break;
        }
    }

    private static ConnectionOption Classify(ReadOnlySpan<byte> option)
    {
        switch (option.Length)
        {
            case 0:
                return ConnectionOption.None;
            case 5 when Lowercase.Is(option, "close"u8):
                return ConnectionOption.Close;
            case 10 when Lowercase.Is(option, "keep-alive"u8):
                return ConnectionOption.KeepAlive;
            case 7 when Lowercase.Is(option, "upgrade"u8):
                return ConnectionOption.Upgrade;
            default:
                return ConnectionOption.Nomination;
        }
    }
}
