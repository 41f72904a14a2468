using FastCanary;

return CommandLine.Run(args, ProgramEnvironment.OfProcess());
