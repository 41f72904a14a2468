namespace FastCanary.Proxy.Tests.Soak;

/// <summary>What a client does next.</summary>
internal enum SoakAction
{
    SmallGet,
    LargeGet,
    Head,
    PostLength,
    PostChunked,
    PostExpect,
    Pipeline,
    ConnectionClose,
    Http10Get,

    /// <summary>Nothing for a while; sometimes in the middle of a head.</summary>
    IdlePause,
    SlowRead,

    /// <summary>FIN behind the request, and reads its response.</summary>
    HalfClose,

    /// <summary>FIN in the request's body.</summary>
    HalfCloseInRequestBody,
    CloseInRequestHead,
    ResetInRequestHead,
    CloseInRequestBody,
    ResetInRequestBody,
    CloseInResponse,
    ResetInResponse,
}
