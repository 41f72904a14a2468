using System.Net;
using System.Runtime.CompilerServices;
using FastCanary.Control;
using FastCanary.Traffic;
using FastCanary.Traffic.Tests;

namespace FastCanary.Control.Tests;

public sealed class CountryDatabaseFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastcanary-country-").FullName;

    private string File1 => Path.Combine(_directory, "country.mmdb");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_looked_up_in()
    {
        File.WriteAllBytes(File1, Database("DE"));
        CountryDatabaseFile file = Open();
        Assert.Equal("DE", Find(file));
        Assert.Equal(File1, file.Path);
        Assert.Equal("Test-Country", file.Database.DatabaseType);
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_an_error_that_names_it_and_why()
    {
        AssertError("does not exist; put a database in MaxMind DB format there, or name another");
        File.WriteAllBytes(File1, []);
        AssertError("is empty; put a database in MaxMind DB format there");
        File.WriteAllText(File1, "country");
        AssertError("is no MaxMind DB file, or its end is cut off: the metadata is missing");
        File.WriteAllBytes(File1, Database("DE")[..^300]);
        AssertError("is no MaxMind DB file, or its end is cut off: the metadata is missing");
        File.WriteAllBytes(File1, Database("DE")[^500..]);
        AssertError("is damaged: its search tree takes 910 bytes, and 297 are there");
        using (FileStream large = File.Create(File1))
            large.SetLength(1L + int.MaxValue);
        AssertError("is larger than 2 GiB, which is the most that is read");
        File.Delete(File1);
        Directory.CreateDirectory(File1);
        AssertError("is a directory; name a file in it");
        Directory.Delete(File1);
        File.CreateSymbolicLink(File1, "nowhere");
        AssertError("does not exist; put a database in MaxMind DB format there, or name another");
    }

    [Fact]
    public void A_file_is_current_until_it_is_another()
    {
        byte[] content = Database("DE");
        File.WriteAllBytes(File1, content);
        DateTime time = File.GetLastWriteTimeUtc(File1);
        CountryDatabaseFile file = Open();
        Assert.True(file.IsCurrent());

        // Of the same length and time, too.
        File.WriteAllBytes(File1 + ".new", Database("FR"));
        File.SetLastWriteTimeUtc(File1 + ".new", time);
        File.Move(File1 + ".new", File1, overwrite: true);
        Assert.False(file.IsCurrent());
        Assert.Equal("DE", Find(file));

        CountryDatabaseFile next = Open();
        Assert.True(next.IsCurrent());
        Assert.Equal("FR", Find(next));

        File.SetLastWriteTimeUtc(File1, time.AddSeconds(1));
        Assert.False(next.IsCurrent());
        File.Delete(File1);
        Assert.False(next.IsCurrent());
        Assert.Equal("FR", Find(next));
    }

    [Fact]
    public void A_link_is_current_while_it_leads_to_the_same_file()
    {
        File.WriteAllBytes(File1 + ".1", Database("DE"));
        File.CreateSymbolicLink(File1, File1 + ".1");
        CountryDatabaseFile file = Open();
        Assert.True(file.IsCurrent());
        File.Delete(File1);
        File.WriteAllBytes(File1 + ".2", Database("FR"));
        File.CreateSymbolicLink(File1, File1 + ".2");
        Assert.False(file.IsCurrent());
        Assert.Equal("FR", Find(Open()));
        Assert.Equal("DE", Find(file));
    }

    [Fact]
    public void A_broken_file_leaves_the_open_one_as_it_is()
    {
        File.WriteAllBytes(File1, Database("DE"));
        CountryDatabaseFile file = Open();
        File.WriteAllText(File1 + ".new", "country");
        File.Move(File1 + ".new", File1, overwrite: true);
        Assert.False(file.IsCurrent());
        AssertError("is no MaxMind DB file, or its end is cut off: the metadata is missing");
        Assert.Equal("DE", Find(file));
    }

    [Fact]
    public void A_file_that_is_written_over_in_place_neither_throws_nor_hangs()
    {
        byte[] content = Database("DE");
        File.WriteAllBytes(File1, content);
        CountryDatabaseFile file = Open();
        var random = new Random(3);
        using FileStream stream = new(File1, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(content.AsSpan(random.Next(content.Length)));
            stream.Position = 0;
            stream.Write(content);
            stream.Flush();
            Find(file);
        }
    }

    [Fact]
    public void The_mapping_lasts_as_long_as_the_database_and_no_longer()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("mappings are counted in Linux' /proc");
        File.WriteAllBytes(File1, Database("DE"));
        // On the heap and in methods of their own: no stack may go on referring to it.
        var database = new StrongBox<MaxMindDatabase?>();
        Keep(database);
        Collect();
        Assert.Equal(1, Mappings());
        Assert.Equal("DE", Find(database));
        database.Value = null;
        for (int i = 0; i < 20 && Mappings() > 0; i++) Collect();
        Assert.Equal(0, Mappings());
    }

    [Fact]
    public void A_file_that_cannot_be_used_stays_neither_mapped_nor_open()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("mappings are counted in Linux' /proc");
        File.WriteAllText(File1, "country");
        Assert.Null(CountryDatabaseFile.Open(File1, out _));
        Assert.Equal(0, Mappings());
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries("/proc/self/fd"), link => new FileInfo(link).LinkTarget == File1);
    }

    private static byte[] Database(string country) =>
        new MaxMindWriter(24, 6) { PaddingBytes = 5000 }
            .Add("192.0.2.0/24", new Dictionary<string, object> { ["country_code"] = country })
            .Add("2001:db8::/32", new Dictionary<string, object> { ["country_code"] = country })
            .Build();

    private static string Find(CountryDatabaseFile file) => file.Database.Find(IPAddress.Parse("192.0.2.1").GetAddressBytes()).ToString();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Keep(StrongBox<MaxMindDatabase?> database) => database.Value = Open().Database;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Find(StrongBox<MaxMindDatabase?> database) => database.Value!.Find([192, 0, 2, 1]).ToString();

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private int Mappings() => File.ReadLines("/proc/self/maps").Count(line => line.EndsWith(File1));

    private CountryDatabaseFile Open()
    {
        CountryDatabaseFile? file = CountryDatabaseFile.Open(File1, out string error);
        Assert.Equal("", error);
        return file!;
    }

    private void AssertError(string expected)
    {
        Assert.Null(CountryDatabaseFile.Open(File1, out string error));
        Assert.Equal($"{File1} {expected}", error);
    }
}
