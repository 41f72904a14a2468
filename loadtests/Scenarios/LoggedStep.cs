using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A step whose every request is logged with its times.</summary>
/// <param name="step">What is sent and expected.</param>
/// <param name="log">May be shared by several loads.</param>
internal sealed class LoggedStep(IHttpStep step, AnswerLog log) : IHttpStep
{
    public int Write(long number, Span<byte> destination)
    {
        int length = step.Write(number, destination);
        log.Begin(this, number);
        return length;
    }

    public string? Check(long number, AnswerReader answer)
    {
        string? failure = step.Check(number, answer);
        log.End(this, number, answer.Version, failure is not null);
        return failure;
    }

    public void Lose(long number, string failure)
    {
        step.Lose(number, failure);
        log.End(this, number, VersionNames.Unknown, hasFailed: true);
    }
}
