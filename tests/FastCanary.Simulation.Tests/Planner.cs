using System.Globalization;

namespace FastCanary.Simulation.Tests;

/// <summary>Draws what clients ask and how origins answer.</summary>
internal sealed class Planner(RunProfile profile, Prng random)
{
    private static readonly string[] Rests = ["", "/", "/a%2Fb/./%7e", "?a=b&c=%20", "//x;y", "/%2e%2e/z?q"];

    public RequestPlan Request(int token, bool isLast)
    {
        if (isLast && profile.RequestsAreMalformed && random.Chance(350)) return Malformed(token);
        var method = random.Pick<string>(["GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH"]);
        var minor = isLast && random.Chance(100) ? 0 : 1;
        var body = method is "POST" or "PUT" or "PATCH" ? random.Pick<BodyKind>([BodyKind.Length, BodyKind.Length, BodyKind.Chunked]) : BodyKind.None;
        if (minor == 0 && body == BodyKind.Chunked) body = BodyKind.Length;
        var bodyBytes = body == BodyKind.None ? 0 : Size();
        return new RequestPlan
        {
            Token = token,
            Method = method,
            Minor = minor,
            TargetRest = random.Pick<string>(Rests),
            Body = body,
            BodyBytes = bodyBytes,
            Trailing = random.Below(2),
            Expects = bodyBytes > 0 && minor == 1 && random.Chance(200),
            AsksClose = isLast && random.Chance(200),
            PaddingBytes = random.Chance(150) ? random.Skewed(4000) : 0,
            Id = random.Chance(400) ? random.Pick<IdKind>([IdKind.Valid, IdKind.Valid, IdKind.Invalid, IdKind.TooLong]) : IdKind.None,
            User = profile.RequestsDecide && random.Chance(700) ? string.Create(CultureInfo.InvariantCulture, $"u{random.Below(40)}") : "",
            AsksCanary = random.Chance(150),
            Forges = random.Chance(100),
            FirstAnswer = Answer(method, body),
        };
    }

    /// <summary>What an origin answers to the next try of a request.</summary>
    public AnswerPlan Answer(string method, BodyKind requestBody)
    {
        var ending = EndingOf();
        var status = random.Chance(100) ? random.Pick<int>([204, 304, 404, 500]) : 200;
        if ((profile.Retries || profile.EndpointsAreEjected) && random.Chance(200)) status = random.Pick<int>([500, 502, 503, 504, 507]);
        var body = random.Pick<BodyKind>([BodyKind.Length, BodyKind.Length, BodyKind.Chunked, BodyKind.UntilClose]);
        if (status == 204 || (status == 304 && body != BodyKind.Length)) body = BodyKind.None;
        if (body == BodyKind.UntilClose && (method == "HEAD" || ending is not (Ending.Stays or Ending.Resets))) body = BodyKind.Length;
        if (body == BodyKind.UntilClose && ending == Ending.Stays) ending = Ending.ClosesAsAnnounced;
        if (body == BodyKind.None && status is not (204 or 304)) body = BodyKind.Length;
        return new AnswerPlan
        {
            Status = status,
            Body = body,
            Bytes = body == BodyKind.None ? 0 : Size(),
            Interims = random.Chance(120) ? random.Between(1, 3) : 0,
            Early = requestBody != BodyKind.None && profile.OriginsMisbehave && random.Chance(150),
            ThinkUs = ending is not (Ending.Stays or Ending.ClosesAsAnnounced) && random.Chance(150) ? random.Skewed(3_000_000) : random.Skewed(50_000),
            Dribbles = random.Chance(80),
            Ending = ending,
            Variant = random.Below(1000),
        };
    }

    public ClientManners Manners()
    {
        var depth = random.Chance(500) ? 1 : random.Between(2, 8);
        // Where the listener may go away, even a good client cannot count on its answers.
        if (profile.ListenersComeAndGo && random.Chance(400)) return new ClientManners { IsGood = false, Depth = depth, UsesSecondListener = true, Lingers = random.Chance(300) };
        if (!profile.ClientsMisbehave || random.Chance(500)) return new ClientManners { Depth = depth, Lingers = random.Chance(100) };
        var kind = random.Below(9);
        return new ClientManners
        {
            IsGood = false,
            Depth = depth,
            Lingers = random.Chance(100),
            WriteBytes = kind == 0 ? random.Skewed(2000) : 0,
            WritePauseUs = kind == 0 ? random.Skewed(60_000) : 0,
            ReadBytes = kind == 1 ? random.Skewed(4000) : 0,
            ReadPauseUs = kind == 1 ? random.Skewed(60_000) : 0,
            LeavesAfterUs = kind is 2 or 3 ? random.Skewed(400_000) : 0,
            LeavesByReset = kind == 2,
            HalfCloses = kind == 4,
            CutsBody = kind == 5,
            NeverReads = kind == 6,
            StopsAfterBytes = kind == 7 ? random.Skewed(3000) : 0,
        };
    }

    private RequestPlan Malformed(int token)
    {
        var kind = (Malformation)random.Between(1, (int)Malformation.FramingInTrailer);
        var chunked = kind >= Malformation.FirstOfBody || random.Chance(300);
        return new RequestPlan
        {
            Token = token,
            Method = chunked ? "POST" : random.Pick<string>(["GET", "POST"]),
            Body = chunked ? BodyKind.Chunked : BodyKind.None,
            BodyBytes = chunked ? Size() : 0,
            Malformation = kind,
            FirstAnswer = new AnswerPlan
            {
                Bytes = Size(),
                ThinkUs = random.Skewed(10_000),
                Early = profile.OriginsMisbehave && random.Chance(200),
                Variant = random.Below(1000),
            },
        };
    }

    private Ending EndingOf()
    {
        if (random.Chance(100)) return Ending.ClosesAsAnnounced;
        if (profile.OriginsCloseIdle && random.Chance(100)) return Ending.ClosesUnannounced;
        if (profile.OriginsSayMoreLater && random.Chance(100)) return Ending.SaysMoreLater;
        if (!profile.OriginsMisbehave || random.Chance(600)) return Ending.Stays;
        return random.Pick<Ending>([Ending.SaysMore, Ending.SaysMore, Ending.Truncates, Ending.Truncates, Ending.Resets, Ending.IsSilent, Ending.StopsReading, Ending.ClosesInstead, Ending.IsMalformed]);
    }

    private int Size() => random.Below(10) switch
    {
        0 => 0,
        < 6 => random.Skewed(2000),
        < 9 => random.Skewed(20_000),
        _ => profile.LargeBodies ? random.Between(1, 300_000) : random.Skewed(60_000),
    };
}
