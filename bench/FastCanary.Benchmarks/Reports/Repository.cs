using System.Diagnostics;

namespace FastCanary.Benchmarks.Reports;

/// <summary>The git repository that the command runs in, asked by <c>git</c>.</summary>
internal sealed class Repository
{
    private const string Page = "docs/reports/benchmarks.md";
    private const string Figures = "docs/reports/benchmarks.csv";
    private const string Plot = "docs/plots/benchmarks.svg";

    private readonly string _root;

    private Repository(string root) => _root = root;

    internal static string FiguresSource => "HEAD:" + Figures;

    /// <summary>HEAD's first twelve digits; "with changes" follows where the tree has some. What this command writes is none.</summary>
    internal string Commit
    {
        get
        {
            string head = Git("rev-parse", "--short=12", "HEAD").Trim();
            string changes = Git("status", "--porcelain", "--", ".", $":(exclude){Page}", $":(exclude){Figures}", $":(exclude){Plot}");
            return changes.Length > 0 ? head + " with changes" : head;
        }
    }

    /// <exception cref="InvalidOperationException"><paramref name="folder"/> is in no repository of this project, or git says why not.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">git is missing.</exception>
    internal static Repository Find(string folder)
    {
        string root = new Repository(folder).Git("rev-parse", "--show-toplevel").TrimEnd('\n');
        return File.Exists(Path.Combine(root, "FastCanary.sln"))
            ? new Repository(root)
            : throw new InvalidOperationException($"{root} is not FastCanary's repository: run this inside it.");
    }

    /// <summary>The figures as they are committed, whatever the tree has; null where no commit has them.</summary>
    internal string? CommittedFigures() => Git("ls-tree", "--name-only", "HEAD", "--", Figures).Length == 0 ? null : Git("show", FiguresSource);

    /// <returns>The paths that were written, in the repository.</returns>
    internal IReadOnlyList<string> Write(string page, string figures, string plot)
    {
        (string Path, string Text)[] files = [(Page, page), (Figures, figures), (Plot, plot)];
        foreach ((string path, string text) in files)
        {
            string full = Path.Combine(_root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }

        return [.. files.Select(static file => file.Path)];
    }

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = _root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        Task<string> errors = git.StandardError.ReadToEndAsync();
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.Result.Trim()}");
    }
}
