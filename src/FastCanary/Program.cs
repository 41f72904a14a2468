Console.WriteLine("fastcanary");
return 0;
