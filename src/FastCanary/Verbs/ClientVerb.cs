using System.CommandLine;
using System.Runtime.InteropServices;
using FastCanary.Client;

namespace FastCanary.Verbs;

/// <summary>What all verbs share that speak to a running FastCanary: its address, the token, and how they end.</summary>
internal static class ClientVerb
{
    /// <summary>Makes the command one of the client's.</summary>
    /// <param name="act">Returns the exit code.</param>
    public static Command Complete(Command command, ProgramEnvironment environment, Func<ParseResult, AdminClient, CancellationToken, Task<int>> act)
    {
        var admin = new Option<string?>("--admin")
        {
            Description = $"Where the admin API is; or by the environment, {AdminAddress.AddressVariable} [default: {AdminAddress.Default}]",
            HelpName = "URL",
        };
        var token = new Option<string?>("--token")
        {
            Description = $"The admin API's token; better by the environment, {AdminAddress.TokenVariable}: other users of this machine see arguments",
            HelpName = "TOKEN",
        };
        command.Options.Add(admin);
        command.Options.Add(token);
        command.SetAction(parsed => Run(parsed, parsed.GetValue(admin), parsed.GetValue(token), environment, act));
        return command;
    }

    public static Argument<string> Service() => Named(new Argument<string>("SERVICE") { Description = "The service's name in the configuration" });

    public static Argument<string?> OptionalService() =>
        Named(new Argument<string?>("SERVICE") { Description = "The service's name in the configuration; left out: all", Arity = ArgumentArity.ZeroOrOne });

    private static Argument<T> Named<T>(Argument<T> service)
    {
        service.Validators.Add(static result =>
        {
            // What begins with a dash is a mistyped option, and should not reach the server as a name.
            if (result.Tokens is [{ Value: "" or ['-', ..] }, ..]) result.AddError($"SERVICE: expected a name, got \"{result.Tokens[0].Value}\"");
        });
        return service;
    }

    private static int Run(
        ParseResult parsed, string? adminOption, string? tokenOption, ProgramEnvironment environment, Func<ParseResult, AdminClient, CancellationToken, Task<int>> act)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(environment.Interrupt);
        var ended = ExitCode.Interrupted;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, ExitCode.Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, ExitCode.Terminated));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => End(context, ExitCode.HungUp));
        try
        {
            var address = AdminAddress.Resolve(adminOption, environment.Variable);
            using var client = new AdminClient(address, AdminAddress.ResolveToken(tokenOption, environment.Variable));
            return act(parsed, client, cancel.Token).GetAwaiter().GetResult();
        }
        catch (ClientException e)
        {
            foreach (var detail in e.Details) environment.Errors.WriteLine(detail);
            environment.Errors.WriteLine(e.Message);
            return e.Code;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Volatile.Read(ref ended);
        }
        catch (IOException)
        {
            // Whoever read the output has gone, and so has the reason to go on.
            return ExitCode.Failed;
        }

        void End(PosixSignalContext context, int code)
        {
            context.Cancel = true;
            Volatile.Write(ref ended, code);
            cancel.Cancel();
        }
    }
}
