namespace FastCanary.Http;

/// <content>What the fields mean for this hop: RFC 9112 sections 6 and 9.3.</content>
public sealed partial class ResponseHead
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
                    HttpFault fault = Accept(line.Name, line.Value.Of(window));
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

    private HttpFault Accept(FieldName name, ReadOnlySpan<byte> value)
    {
        FieldSet present = _fields.Present;
        switch (name)
        {
            case FieldName.Connection:
                return _connection.TryAdd(value) ? HttpFault.None : HttpFault.TooManyConnectionOptions;
            case FieldName.Upgrade:
                _upgradeRefused |= !UpgradeProtocols.ArePassable(value);
                return HttpFault.None;
            case FieldName.ContentLength:
                if (present.Has(FieldName.TransferEncoding)) return HttpFault.LengthAndTransferEncoding;
                if (present.Has(name) || value.Contains((byte)',')) return HttpFault.RepeatedContentLength;
                bool valid = Decimal64.TryParse(value, out long length);
                ContentLength = length;
                return valid ? HttpFault.None : HttpFault.BadContentLength;
            case FieldName.TransferEncoding:
                if (present.Has(FieldName.ContentLength)) return HttpFault.LengthAndTransferEncoding;
                if (present.Has(name)) return HttpFault.BadTransferEncoding;
                return MinorVersion == 0 ? HttpFault.TransferEncodingInHttp10 : TransferCoding.Judge(value);
            default:
                return HttpFault.None;
        }
    }

    private ParseStatus Complete(ReadOnlySpan<byte> window)
    {
        bool isUpgraded = _connection.Upgrade && _fields.Present.Has(FieldName.Upgrade) && !_upgradeRefused && MinorVersion == 1;
        if (IsUpgrade && !(_upgradeRequested && isUpgraded)) return Refuse(HttpFault.BadUpgrade);
        bool hasBodyFraming = _fields.Present.Has(FieldName.TransferEncoding) || ContentLength > 0;
        if (Status < 200 && hasBodyFraming) return Refuse(HttpFault.FramedInterimResponse);

        bool isBodiless = Status is < 200 or 204 or 304 || _requestMethod == HttpMethod.Head;
        if (!isBodiless)
        {
            Framing = BodyFraming.UntilClose;
            if (_fields.Present.Has(FieldName.TransferEncoding)) Framing = BodyFraming.Chunked;
            else if (_fields.Present.Has(FieldName.ContentLength)) Framing = BodyFraming.Length;
        }

        if (Framing != BodyFraming.Length) ContentLength = 0;
        // A 204 that announces a body is complete for the client, but its server may be about to send one.
        bool isClear = Framing != BodyFraming.UntilClose && !IsUpgrade && !(Status == 204 && hasBodyFraming);
        KeepAlive = isClear && !_connection.Close && (MinorVersion == 1 || _connection.KeepAlive);
        Length = _fields.Position;
        _connection.Apply(ref _fields, window);
        _state = ResponseState.Done;
        return ParseStatus.Done;
    }
}
