using Cms.EmbeddedPostgres.Tests;
using Cms.EmbeddedPostgres.Tests.Support;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

if (args is [ParentProgram.Switch, var directory])
    return await ParentProgram.RunAsync(directory);

// As in the entry point that xunit generates.
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
