namespace FastCanary.Http;

/// <summary>The part of a request head that is read next.</summary>
internal enum RequestState : byte
{
    /// <summary>Empty lines before the request line.</summary>
    Start,
    Method,
    Target,
    Version,
    Fields,
    Done,
    Invalid,
}
