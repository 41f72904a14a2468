using System.Globalization;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Sources;

/// <summary>Prometheus' text format.</summary>
public sealed class MetricsReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    [InlineData("a 1\n", "a||1|")]
    [InlineData("a 1\nb 2\n", "a||1| b||2|")]
    [InlineData("  a\t 1.5  \n", "a||1.5|")]
    [InlineData("# HELP a Some \\n text\n# TYPE a counter\n#\n # anything\na 1\n", "a||1|")]
    [InlineData("a:b_9 1 1700000000000\n", "a:b_9||1|1700000000000")]
    [InlineData("a 1 -5\n", "a||1|-5")]
    [InlineData("a{} 1\n", "a||1|")]
    [InlineData("a{b=\"c\"} 1\n", "a|b=\"c\"|1|")]
    [InlineData("a { b = \"c\" , d=\"e\", } 1 7\n", "a| b = \"c\" , d=\"e\", |1|7")]
    [InlineData("a{b=\"}\"} 1\n", "a|b=\"}\"|1|")]
    [InlineData("a{b=\"x\\\"} 2\\\\\\n\"} 1\n", "a|b=\"x\\\"} 2\\\\\\n\"|1|")]
    [InlineData("a{b=\"# ü {\"} 1\n", "a|b=\"# ü {\"|1|")]
    [InlineData("a NaN\na +Inf\na -Inf\na Inf\na nan\na +inf\n", "a||NaN| a||Infinity| a||-Infinity| a||Infinity| a||NaN| a||Infinity|")]
    [InlineData("a 1.458255915e9\na -3E-2\na +7\na .5\n", "a||1458255915| a||-0.03| a||7| a||0.5|")]
    public void Samples_are_read(string text, string samples) => Assert.Equal(samples, Read(text));

    [Theory]
    [InlineData("a 1", 1)]
    [InlineData("a 1\nprocess_resident_memory_bytes 12", 2)]
    [InlineData("a\n", 1)]
    [InlineData("a 1\n\n9a 1\n", 3)]
    [InlineData("a x\n", 1)]
    [InlineData("a 1,5\n", 1)]
    [InlineData("a 1 2 3\n", 1)]
    [InlineData("a 1 2.5\n", 1)]
    [InlineData("a 1 # comment\n", 1)]
    [InlineData("a{b=\"c\" 1\n", 1)]
    [InlineData("a{b=\"c} 1\n", 1)]
    [InlineData("a{b=c} 1\n", 1)]
    [InlineData("a{b} 1\n", 1)]
    [InlineData("a{9b=\"c\"} 1\n", 1)]
    [InlineData("a{b:c=\"c\"} 1\n", 1)]
    [InlineData("a{b=\"\\x\"} 1\n", 1)]
    [InlineData("a{b=\"c\"d=\"e\"} 1\n", 1)]
    [InlineData("a{,} 1\n", 1)]
    [InlineData("a{b=\"c\"}\n", 1)]
    [InlineData("{b=\"c\"} 1\n", 1)]
    [InlineData("<html>\n", 1)]
    [InlineData("a-b 1\n", 1)]
    [InlineData("a 1\r\n", 1)]
    public void What_is_not_in_the_format_is_invalid_at_its_line(string text, int line)
    {
        var reader = new MetricsReader(Encoding.UTF8.GetBytes(text));
        MetricsToken token;
        while ((token = reader.Read()) == MetricsToken.Sample)
        {
        }

        Assert.Equal(MetricsToken.Invalid, token);
        Assert.Equal(line, reader.Line);
        Assert.NotEmpty(reader.Error);
    }

    [Theory]
    [InlineData("a 1\n")]
    [InlineData("# TYPE a counter\na{b=\"c\",d=\"}\\\"\\\\\\n\"} 1 1700000000000\n")]
    [InlineData("a { b = \"c\" , } +Inf\na{b=\"d\"} NaN\n")]
    [InlineData("a\t1\n")]
    [InlineData("a 1e3 -7\n")]
    [InlineData("a\n")]
    [InlineData("a x\n")]
    [InlineData("a 1 2 3\n")]
    [InlineData("a 1 2.5\n")]
    [InlineData("a{b=c} 1\n")]
    [InlineData("a{b=\"c\" 1\n")]
    [InlineData("a{b=\"\\x\"} 1\n")]
    [InlineData("a{b=\"c\"d=\"e\"} 1\n")]
    [InlineData("a{b=\"c} 1\n")]
    [InlineData("9a 1\n")]
    [InlineData("a-b 1\n")]
    [InlineData("<html>\n")]
    [InlineData("a 1\r\n")]
    [InlineData("a 1")]
    public void Promtool_says_the_same_of_what_is_in_the_format(string text)
    {
        using var folder = new TempFolder();
        string file = folder.Write("metrics", text);
        ExitedProcess promtool = ChildProcess.Run("/bin/sh", ["-c", $"'{Tool.Promtool()}' check metrics < '{file}'"]);
        // 3: only its taste is offended.
        Assert.True(promtool.Code is 0 or 1 or 3, promtool.ToString());
        var reader = new MetricsReader(Encoding.UTF8.GetBytes(text));
        MetricsToken token;
        while ((token = reader.Read()) == MetricsToken.Sample)
        {
        }

        Assert.True(promtool.Code != 1 == (token == MetricsToken.End), $"{token} {reader.Error}; promtool: {promtool}");
    }

    private static string Read(string text)
    {
        var reader = new MetricsReader(Encoding.UTF8.GetBytes(text));
        List<string> samples = [];
        MetricsToken token;
        while ((token = reader.Read()) == MetricsToken.Sample)
        {
            samples.Add(string.Create(
                CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(reader.Name)}|{Encoding.UTF8.GetString(reader.Labels)}|{reader.Value}|{reader.TimestampMs}"));
        }

        Assert.Equal((MetricsToken.End, ""), (token, reader.Error));
        return string.Join(' ', samples);
    }
}
