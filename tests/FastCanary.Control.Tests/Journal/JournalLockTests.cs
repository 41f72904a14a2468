namespace FastCanary.Control.Tests;

public sealed class JournalLockTests
{
    [Fact]
    public void A_folder_that_is_in_use_is_refused_and_free_again_afterwards()
    {
        using var folder = new StateFolder();
        using (Journal journal = folder.OpenWhole())
        {
            StateFolder.Append(journal);
            IOException refused = Assert.Throws<IOException>(() => folder.Open(out _));
            Assert.Equal($"{folder.Path} is in use by another FastCanary, which holds {folder.File("lock")}: stop that one, or give this one a state.path of its own", refused.Message);
            StateFolder.Append(journal);
        }
        using Journal again = folder.OpenWhole();
        Assert.Equal(2, again.LastN);
    }
}
