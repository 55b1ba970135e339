using Cms.Cli;

return await CommandLine.RunAsync(args);
