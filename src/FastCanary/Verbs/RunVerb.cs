using System.CommandLine;
using System.Runtime.InteropServices;
using FastCanary.Control;
using FastCanary.Native;
using FastCanary.Transport;
using Microsoft.Extensions.Logging;

namespace FastCanary.Verbs;

internal static class RunVerb
{
    // What is still under way after this is ended: a supervisor would kill the process soon after anyway.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command("run", "Run the proxy in the foreground until SIGTERM or SIGINT; SIGHUP reloads") { config };
        command.SetAction(parsed => Run(parsed.GetValue(config)!));
        return command;
    }

    // As the system numbers it: Linux counts otherwise than macOS and the BSDs.
    private static int UserSignal1 => OperatingSystem.IsLinux() ? 10 : 30;

    private static int Run(string path)
    {
        var level = new LogLevelSwitch();
        using var logging = ProgramLog.Create(level);
        var log = logging.CreateLogger("fastcanary");
        ControlPlane? control = null;
        // Asked for while the program starts, a reload or a stop waits until it has started.
        using var started = new ManualResetEventSlim();
        using var stop = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        IgnoredSignals.TakeHangUp();
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Reload("SIGHUP");
        });
        using var reopen = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)UserSignal1, context =>
        {
            context.Cancel = true;
            started.Wait();
            control?.ReopenAccessLog();
        });
        // Before the file is read for the first time, so that no change of it is missed.
        using var watcher = new ConfigWatcher(path, () => Reload("file change"));
        try
        {
            var errors = new List<ConfigError>();
            control = ControlPlane.Start(path, log, errors, level);
            foreach (var error in errors) Console.Error.WriteLine(error);
            started.Set();
            if (control is null) return ExitCode.InvalidConfiguration;
            stop.Wait();
            control.Drain(DrainTimeout);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is TransportException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
        finally
        {
            started.Set();
            control?.Dispose();
        }

        void Reload(string cause)
        {
            started.Wait();
            control?.Reload(cause);
        }

        void OnStop(PosixSignalContext context)
        {
            // The second one does not wait.
            if (stop.IsSet) return;
            context.Cancel = true;
            stop.Set();
        }
    }
}
