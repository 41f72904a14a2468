namespace FastCanary.Http;

/// <summary>The part of a response head that is read next.</summary>
internal enum ResponseState : byte
{
    Line,
    Fields,
    Done,
    Invalid,
}
