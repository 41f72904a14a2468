using System.CommandLine;
using System.Runtime.InteropServices;
using FastCanary.Control;
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

    private static int Run(string path)
    {
        using var logging = ProgramLog.Create();
        var log = logging.CreateLogger("fastcanary");
        var errors = new List<ConfigError>();
        try
        {
            using var control = ControlPlane.Start(path, log, errors);
            foreach (var error in errors) Console.Error.WriteLine(error);
            return control is null ? ExitCode.InvalidConfiguration : RunUntilStopped(control, path);
        }
        catch (TransportException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    private static int RunUntilStopped(ControlPlane control, string path)
    {
        using var stopped = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            control.Reload("SIGHUP");
        });
        control.WatchFile(path);
        stopped.Wait();
        control.Drain(DrainTimeout);
        return ExitCode.Done;

        void OnStop(PosixSignalContext context)
        {
            // The second one does not wait.
            if (stopped.IsSet) return;
            context.Cancel = true;
            stopped.Set();
        }
    }
}
