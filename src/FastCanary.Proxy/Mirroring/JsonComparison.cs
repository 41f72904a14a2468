using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>
/// Compares two JSON texts as values: white space, the order of members and the spelling of strings and numbers do not count, nor do values at ignored paths, nor
/// whether those are there. Numbers are compared exactly, not as floating point. Repeated names of one object are compared in their order. One thread.
/// </summary>
internal sealed class JsonComparison
{
    // Of a path that is told: the rest of it is left out.
    private const int PathCharsMax = 200;

    private readonly JsonText _left = new();
    private readonly JsonText _right = new();
    private readonly JsonStrings _strings = new();
    private readonly MemberOrder _leftOrder;
    private readonly MemberOrder _rightOrder;
    private readonly JsonStep[] _steps = new JsonStep[JsonText.DepthMax + 1];
    private ImmutableArray<JsonPath> _ignored;
    private int[] _members = new int[256];
    private int _memberCount;
    private int _depth;

    public JsonComparison()
    {
        _leftOrder = new MemberOrder(_left, _strings);
        _rightOrder = new MemberOrder(_right, _strings);
    }

    /// <summary>Where the last two texts differ first.</summary>
    public string DifferentAt { get; private set; } = "";

    /// <summary>Reads two texts and compares them.</summary>
    /// <param name="left">The one body.</param>
    /// <param name="right">The other.</param>
    /// <param name="ignored">At most <see cref="MirrorComparison.IgnoredPathsMax"/> paths of values that may differ.</param>
    /// <param name="areEqual">Whether they are; means something where both are JSON.</param>
    /// <returns>The worse of the two readings.</returns>
    public JsonReading Compare(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, ImmutableArray<JsonPath> ignored, out bool areEqual)
    {
        areEqual = false;
        _ignored = ignored;
        _depth = _memberCount = 0;
        DifferentAt = "";
        var reading = _left.Read(left);
        if (reading != JsonReading.NoJson && _right.Read(right) is var other && (reading == JsonReading.Done || other == JsonReading.NoJson)) reading = other;
        if (reading == JsonReading.Done) areEqual = ValuesEqual(0, 0, ignored.Length == 64 ? ulong.MaxValue : (1UL << ignored.Length) - 1);
        _left.Clear();
        _right.Clear();
        _strings.Clear();
        if (_members.Length > 4096) _members = new int[256];
        return reading;
    }

    /// <param name="left">The token of the one value.</param>
    /// <param name="right">The token of the other.</param>
    /// <param name="paths">The ignored paths, as bits, whose steps so far lead here.</param>
    private bool ValuesEqual(int left, int right, ulong paths)
    {
        var kind = _left[left].Kind;
        if (kind != _right[right].Kind) return Differ();
        return kind switch
        {
            JsonTokenType.StartObject => MembersEqual(left, right, paths),
            JsonTokenType.StartArray => ElementsEqual(left, right, paths),
            JsonTokenType.String => _strings.Compare(_left, left, _right, right) == 0 || Differ(),
            JsonTokenType.Number => JsonNumber.AreEqual(_left.BytesOf(left), _right.BytesOf(right)) || Differ(),
            _ => true,
        };
    }

    private bool ElementsEqual(int left, int right, ulong paths)
    {
        int leftEnd = _left[left].Next, rightEnd = _right[right].Next;
        int leftAt = left + 1, rightAt = right + 1;
        for (var index = 0; leftAt < leftEnd || rightAt < rightEnd; index++)
        {
            if (!IsIgnored(paths, index, out var further))
            {
                Enter(new JsonStep(null, index));
                if (leftAt == leftEnd || rightAt == rightEnd) return Differ();
                if (!ValuesEqual(leftAt, rightAt, further)) return false;
                _depth--;
            }

            if (leftAt < leftEnd) leftAt = _left[leftAt].Next;
            if (rightAt < rightEnd) rightAt = _right[rightAt].Next;
        }

        return true;
    }

    private bool MembersEqual(int left, int right, ulong paths)
    {
        var leftStart = _memberCount;
        Gather(_left, left, paths);
        var rightStart = _memberCount;
        Gather(_right, right, paths);
        var end = _memberCount;
        if (!HaveSameOrder(leftStart, rightStart, end))
        {
            _members.AsSpan(leftStart, rightStart - leftStart).Sort(_leftOrder);
            _members.AsSpan(rightStart, end - rightStart).Sort(_rightOrder);
        }

        int leftAt = leftStart, rightAt = rightStart;
        while (leftAt < rightStart || rightAt < end)
        {
            // What only one side has comes first in the order of names.
            var order = leftAt == rightStart ? 1 : rightAt == end ? -1 : _strings.Compare(_left, _members[leftAt], _right, _members[rightAt]);
            ulong further = 0;
            if (order == 0) IsIgnored(paths, _left, _members[leftAt], out further);
            Enter(order > 0 ? new JsonStep(_right, _members[rightAt]) : new JsonStep(_left, _members[leftAt]));
            if (order != 0) return Differ();
            if (!ValuesEqual(_members[leftAt] + 1, _members[rightAt] + 1, further)) return false;
            _depth--;
            leftAt++;
            rightAt++;
        }

        _memberCount = leftStart;
        return true;
    }

    /// <summary>Lists the names of an object's members that are not ignored.</summary>
    private void Gather(JsonText text, int start, ulong paths)
    {
        for (var name = start + 1; name < text[start].Next; name = text[name + 1].Next)
        {
            if (IsIgnored(paths, text, name, out _)) continue;
            if (_memberCount == _members.Length) Array.Resize(ref _members, _members.Length * 2);
            _members[_memberCount++] = name;
        }
    }

    private bool HaveSameOrder(int leftStart, int rightStart, int end)
    {
        if (rightStart - leftStart != end - rightStart) return false;
        for (var i = 0; i < end - rightStart; i++)
        {
            if (_strings.Compare(_left, _members[leftStart + i], _right, _members[rightStart + i]) != 0) return false;
        }

        return true;
    }

    private bool IsIgnored(ulong paths, JsonText text, int name, out ulong further)
    {
        further = 0;
        if (paths == 0) return false;
        var value = _strings.ValueOf(text, name);
        for (var i = 0; i < _ignored.Length; i++)
        {
            if ((paths & (1UL << i)) == 0 || !_ignored[i].Steps[_depth].LeadsToMember(value)) continue;
            if (_ignored[i].Steps.Length == _depth + 1) return true;
            further |= 1UL << i;
        }

        return false;
    }

    private bool IsIgnored(ulong paths, int element, out ulong further)
    {
        further = 0;
        if (paths == 0) return false;
        for (var i = 0; i < _ignored.Length; i++)
        {
            if ((paths & (1UL << i)) == 0 || !_ignored[i].Steps[_depth].LeadsToElement(element)) continue;
            if (_ignored[i].Steps.Length == _depth + 1) return true;
            further |= 1UL << i;
        }

        return false;
    }

    private void Enter(JsonStep step) => _steps[_depth++] = step;

    private bool Differ()
    {
        Span<char> path = stackalloc char[PathCharsMax + 8];
        path[0] = '$';
        var length = 1;
        foreach (var step in _steps.AsSpan(0, _depth))
        {
            length = step.Text is null ? Append(path, length, step.Index) : Append(path, length, _strings.ValueOf(step.Text, step.Index));
            if (length < PathCharsMax) continue;
            // Cut off at what did not fit any more: behind it the span is empty.
            length = path.IndexOf('\0');
            "...".CopyTo(path[length..]);
            length += 3;
            break;
        }

        DifferentAt = path[..length].ToString();
        return false;
    }

    private static int Append(Span<char> path, int length, int element)
    {
        var room = path[..PathCharsMax];
        return room[length..].TryWrite(CultureInfo.InvariantCulture, $"[{element}]", out var written) ? length + written : PathCharsMax;
    }

    private static int Append(Span<char> path, int length, ReadOnlySpan<byte> name)
    {
        var isPlain = !name.IsEmpty;
        foreach (var each in name) isPlain &= char.IsAsciiLetterOrDigit((char)each) || each is (byte)'_' or (byte)'-';
        length = Append(path, length, isPlain ? "." : "['");
        Span<char> one = stackalloc char[2];
        while (!name.IsEmpty && length < PathCharsMax)
        {
            Rune.DecodeFromUtf8(name, out var rune, out var taken);
            name = name[taken..];
            // For people to read: what would not print, or end the quote, does not stand for itself.
            if (rune.Value is '\'' or '\\') length = Append(path, length, "\\");
            length = Append(path, length, Rune.IsControl(rune) ? "?" : one[..rune.EncodeToUtf16(one)]);
        }

        return isPlain ? length : Append(path, length, "']");
    }

    private static int Append(Span<char> path, int length, ReadOnlySpan<char> text)
    {
        if (length + text.Length > PathCharsMax) return PathCharsMax;
        text.CopyTo(path[length..]);
        return length + text.Length;
    }

    /// <summary>Members by their names, those of the same name as they come.</summary>
    private sealed class MemberOrder(JsonText text, JsonStrings strings) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = strings.Compare(text, x, text, y);
            return order != 0 ? order : x.CompareTo(y);
        }
    }
}
