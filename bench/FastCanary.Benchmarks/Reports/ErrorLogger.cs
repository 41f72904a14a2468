using System.Text;
using BenchmarkDotNet.Loggers;

namespace FastCanary.Benchmarks.Reports;

/// <summary>
/// Keeps the errors of BenchmarkDotNet's log. It logs remarks on the configuration as errors too, so they are worth telling only when a benchmark has failed.
/// </summary>
internal sealed class ErrorLogger : ILogger
{
    private readonly StringBuilder _errors = new();

    public string Id => nameof(ErrorLogger);

    public int Priority => 0;

    internal string Errors => _errors.ToString();

    public void Write(LogKind logKind, string text)
    {
        if (logKind == LogKind.Error) _errors.Append(text);
    }

    public void WriteLine()
    {
    }

    public void WriteLine(LogKind logKind, string text)
    {
        if (logKind == LogKind.Error) _errors.Append(text).Append('\n');
    }

    public void Flush()
    {
    }
}
