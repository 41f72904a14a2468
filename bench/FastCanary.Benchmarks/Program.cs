using BenchmarkDotNet.Running;
using FastCanary.Benchmarks;
using FastCanary.Benchmarks.Reports;

// "gate": short jobs against bench/budgets.json. "report": docs/reports/benchmarks.md; it starts "round" itself.
// Anything else goes to BenchmarkDotNet: --filter '*', --list flat, --help.
if (args is ["gate", ..]) return BudgetGate.Run();
if (args is ["report", ..]) return ReportCommand.Run(args.AsSpan(1));
if (args is ["round", string settings]) return Round.Run(settings);
BenchmarkSwitcher.FromAssembly(typeof(BudgetGate).Assembly).Run(args, InProcess.Config(isShort: false));
return 0;
