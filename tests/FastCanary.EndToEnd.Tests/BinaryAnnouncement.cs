using FastCanary.EndToEnd.Tests;
using FastCanary.EndToEnd.Tests.Kit;

[assembly: AssemblyFixture(typeof(BinaryAnnouncement))]

namespace FastCanary.EndToEnd.Tests;

/// <summary>Says once which FastCanary is tested.</summary>
public sealed class BinaryAnnouncement
{
    public BinaryAnnouncement() => TestContext.Current.SendDiagnosticMessage("testing " + ProgramUnderTest.Description);
}
