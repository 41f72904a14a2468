namespace FastCanary.Control;

/// <summary>The first place where a journal is not what was written.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">Its line, from 1; 0 for the file as a whole.</param>
/// <param name="Reason">What is wrong there, in words that go on from "FILE:LINE: ".</param>
public sealed record JournalFault(string File, long Line, string Reason)
{
    public override string ToString() => Line == 0 ? $"{File}: {Reason}" : $"{File}:{Line}: {Reason}";
}
