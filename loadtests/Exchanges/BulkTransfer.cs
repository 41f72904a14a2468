using System.Globalization;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>A body to be transferred. Both ends know from the request's target what it has to be.</summary>
/// <param name="Framing">How, and which way.</param>
/// <param name="Bytes">How much.</param>
/// <param name="Number">Whose pattern.</param>
/// <param name="StallMs">After the first mebibyte whoever receives it reads nothing for so long.</param>
internal sealed record BulkTransfer(BulkFraming Framing, long Bytes, long Number, int StallMs = 0)
{
    /// <summary>Where a receiver that stalls does so, in bytes.</summary>
    public const long StallAt = 1 << 20;

    public bool IsUpload => Framing is BulkFraming.UploadLength or BulkFraming.UploadChunked;

    public BodyPattern Pattern => new(Number);

    /// <summary>The request's target.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"/bulk/{Framing}/{Bytes}/{Number}/{StallMs}");

    /// <summary>Reads a request's target.</summary>
    /// <returns>Null if it is another one.</returns>
    public static BulkTransfer? From(string target) =>
        target.Split('/') is ["", "bulk", var framing, var bytes, var number, var stall] && Enum.TryParse(framing, out BulkFraming kind)
            && long.TryParse(bytes, CultureInfo.InvariantCulture, out long length) && long.TryParse(number, CultureInfo.InvariantCulture, out long whose)
            && int.TryParse(stall, CultureInfo.InvariantCulture, out int milliseconds)
            ? new BulkTransfer(kind, length, whose, milliseconds)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Framing} of {Bytes} bytes (pattern {Number})");
}
