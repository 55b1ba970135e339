using Cms.Client.Tests.Support;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

if (args is [SyncingApp.Switch, var server, var file])
    return await SyncingApp.RunAsync(new Uri(server), file);

// As in the entry point that xunit generates.
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(
        args,
        Cms.Client.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions
    )
    : await ConsoleRunner.Run(args);
