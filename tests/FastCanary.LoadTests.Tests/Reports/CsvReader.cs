using System.Text;

namespace FastCanary.LoadTests.Tests.Reports;

/// <summary>Reads comma-separated values as RFC 4180 has them.</summary>
internal static class CsvReader
{
    /// <summary>The records, each a list of fields; the head is the first.</summary>
    public static List<string[]> Read(string text)
    {
        List<string[]> records = [];
        List<string> fields = [];
        var field = new StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (isQuoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"') isQuoted = !isQuoted;
            else if (isQuoted || c is not (',' or '\n')) field.Append(c);
            else
            {
                fields.Add(field.ToString());
                field.Clear();
                if (c != '\n') continue;
                records.Add([.. fields]);
                fields.Clear();
            }
        }

        Assert.False(isQuoted);
        Assert.Empty(fields);
        Assert.Equal(0, field.Length);
        return records;
    }
}
