using FastCanary.LoadTests.Command;

return await LoadCommand.RunAsync(args);
