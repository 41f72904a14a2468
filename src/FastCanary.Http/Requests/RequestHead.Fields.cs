namespace FastCanary.Http;

/// <content>What the fields mean for this hop: RFC 9112 sections 3.2, 6 and 9, RFC 9110 sections 7 and 10.1.1.</content>
public sealed partial class RequestHead
{
    private ParseStatus ParseFields(ReadOnlySpan<byte> buffer)
    {
        bool isLimit = buffer.Length >= _limits.HeadBytesMax;
        ReadOnlySpan<byte> window = isLimit ? buffer[.._limits.HeadBytesMax] : buffer;
        while (true)
        {
            switch (_fields.Advance(window))
            {
                case FieldStep.Known:
                    FieldLine line = _fields.Last;
                    HttpFault fault = Accept(line.Name, line.Value, window);
                    if (fault != HttpFault.None) return Refuse(fault);
                    _fields.Present = _fields.Present.With(line.Name);
                    break;
                case FieldStep.End:
                    return Complete(window);
                case FieldStep.NeedMore:
                    return isLimit ? Refuse(HttpFault.HeadTooLarge) : ParseStatus.NeedMore;
                default:
                    return Refuse(_fields.Fault);
            }
        }
    }

    private HttpFault Accept(FieldName name, ByteRange value, ReadOnlySpan<byte> window)
    {
        switch (name)
        {
            case FieldName.Host:
                if (_fields.Present.Has(name)) return HttpFault.RepeatedHost;
                _hostValue = value;
                return HostSyntax.IsValid(value.Of(window)) ? HttpFault.None : HttpFault.BadHost;
            case FieldName.Connection:
                return _connection.TryAdd(value.Of(window)) ? HttpFault.None : HttpFault.TooManyConnectionOptions;
            case FieldName.ContentLength:
                return AcceptContentLength(value.Of(window));
            case FieldName.TransferEncoding:
                return AcceptTransferEncoding(value.Of(window));
            case FieldName.Upgrade:
                _upgradeRefused |= !UpgradeProtocols.ArePassable(value.Of(window));
                return HttpFault.None;
            case FieldName.Expect:
                return AcceptExpect(value.Of(window));
            case FieldName.MaxForwards when Method == HttpMethod.Options:
                return AcceptMaxForwards(value.Of(window));
            case FieldName.XRequestId:
                RequestIdValue = _fields.Present.Has(name) ? default : value;
                return HttpFault.None;
            case FieldName.Trailer:
                AnnouncedTrailers = AnnouncedTrailers.With(value.Of(window));
                return HttpFault.None;
            default:
                return HttpFault.None;
        }
    }

    private HttpFault AcceptContentLength(ReadOnlySpan<byte> value)
    {
        if (_fields.Present.Has(FieldName.TransferEncoding)) return HttpFault.LengthAndTransferEncoding;
        if (_fields.Present.Has(FieldName.ContentLength) || value.Contains((byte)',')) return HttpFault.RepeatedContentLength;
        Framing = BodyFraming.Length;
        bool valid = Decimal64.TryParse(value, out long length);
        ContentLength = length;
        return valid ? HttpFault.None : HttpFault.BadContentLength;
    }

    private HttpFault AcceptTransferEncoding(ReadOnlySpan<byte> value)
    {
        if (_fields.Present.Has(FieldName.ContentLength)) return HttpFault.LengthAndTransferEncoding;
        if (_fields.Present.Has(FieldName.TransferEncoding)) return HttpFault.BadTransferEncoding;
        if (MinorVersion == 0) return HttpFault.TransferEncodingInHttp10;
        Framing = BodyFraming.Chunked;
        return TransferCoding.Judge(value);
    }

    /// <summary>An HTTP/1.0 client cannot be told to continue: its expectation is ignored, and not forwarded.</summary>
    private HttpFault AcceptExpect(ReadOnlySpan<byte> value)
    {
        if (MinorVersion == 0) return HttpFault.None;
        ExpectsContinue = true;
        return Lowercase.Is(value, "100-continue"u8) ? HttpFault.None : HttpFault.BadExpectation;
    }

    private HttpFault AcceptMaxForwards(ReadOnlySpan<byte> value)
    {
        if (_fields.Present.Has(FieldName.MaxForwards) || !Decimal64.TryParse(value, out long hops)) return HttpFault.BadMaxForwards;
        MaxForwards = (int)Math.Min(hops, int.MaxValue);
        return HttpFault.None;
    }

    private ParseStatus Complete(ReadOnlySpan<byte> window)
    {
        if (MinorVersion == 1 && !_fields.Present.Has(FieldName.Host)) return Refuse(HttpFault.MissingHost);
        Length = _fields.Position;
        KeepAlive = !_connection.Close && (MinorVersion == 1 || _connection.KeepAlive);
        WantsUpgrade = MinorVersion == 1 && _connection.Upgrade && _fields.Present.Has(FieldName.Upgrade) && !_upgradeRefused;
        _connection.Apply(ref _fields, window);
        _state = RequestState.Done;
        return ParseStatus.Done;
    }
}
