using BenchmarkDotNet.Running;
using FastCanary.Benchmarks;

// "gate": short jobs against bench/budgets.json. Anything else goes to BenchmarkDotNet: --filter '*', --list flat, --help.
if (args is ["gate", ..]) return BudgetGate.Run();
BenchmarkSwitcher.FromAssembly(typeof(BudgetGate).Assembly).Run(args, InProcess.Config(isShort: false));
return 0;
