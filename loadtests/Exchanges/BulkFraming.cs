namespace FastCanary.LoadTests.Exchanges;

/// <summary>How a large body is sent, and which way.</summary>
internal enum BulkFraming
{
    /// <summary>A response with a Content-Length.</summary>
    DownloadLength,

    /// <summary>A chunked response.</summary>
    DownloadChunked,

    /// <summary>A response that ends with the endpoint's connection.</summary>
    DownloadUntilClose,

    /// <summary>A request with a Content-Length.</summary>
    UploadLength,

    /// <summary>A chunked request.</summary>
    UploadChunked,
}
