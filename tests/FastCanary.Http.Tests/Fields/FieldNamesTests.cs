using System.Text;

namespace FastCanary.Http.Tests.Fields;

public sealed class FieldNamesTests
{
    [Theory]
    [InlineData("x-request-id", nameof(FieldName.XRequestId))]
    [InlineData("forwarded", nameof(FieldName.Forwarded))]
    [InlineData("x-canary-version", nameof(FieldName.XCanaryVersion))]
    [InlineData("x-canary-rescued", nameof(FieldName.XCanaryRescued))]
    [InlineData("x-canary-mirrored", nameof(FieldName.XCanaryMirrored))]
    [InlineData("x-forwarded-for", nameof(FieldName.XForwardedFor))]
    [InlineData("x-forwarded-proto", nameof(FieldName.XForwardedProto))]
    [InlineData("x-forwarded-host", nameof(FieldName.XForwardedHost))]
    [InlineData("x-forwarded-by", nameof(FieldName.XForwardedOther))]
    public void A_name_is_known_in_any_case_and_by_no_other_letter(string name, string known)
    {
        Assert.Equal(known, Identify(name));
        Assert.Equal(known, Identify(name.ToUpperInvariant()));
        bool isFamily = name.StartsWith("x-forwarded-", StringComparison.Ordinal);
        for (int i = 0; i < name.Length; i++)
        {
            string underscored = name[..i] + "_" + name[(i + 1)..];
            if (name[i] == '-') Assert.Equal(nameof(FieldName.Alias), Identify(underscored));
            if (isFamily && i >= "x-forwarded-".Length) continue;
            foreach (char other in "z9~")
                Assert.Equal(nameof(FieldName.Other), Identify(name[..i] + other + name[(i + 1)..]));
            if (i > 0 && !isFamily) Assert.Equal(nameof(FieldName.Other), Identify(name[..i]));
        }

        if (!isFamily) Assert.Equal(nameof(FieldName.Other), Identify(name + "s"));
    }

    private static string Identify(string name) => FieldNames.Identify(Encoding.ASCII.GetBytes(name)).ToString();
}
