using System.CommandLine;
using Cms.Hosting;
using Cms.Images.Renditions;
using Cms.Publishing;
using Cms.Publishing.Renditions;

namespace Cms.Cli;

/// <summary><c>cms images</c>: what is done with pictures beside the server.</summary>
internal static class ImagesCommand
{
    public static Command Create() =>
        new("images", "Makes renditions, signs addresses of them, and looks after files.")
        {
            WarmImages.Create(),
            SignCommand(),
            VerifyImages.Create(),
            MoveImages.Create(),
        };

    private static Command SignCommand()
    {
        var image = new Argument<Guid>("image") { Description = "The image's id." };
        var name = new Argument<string>("rendition")
        {
            Description = "Its name, such as w1234-h567-crop-webp-q72.",
        };
        var command = new Command(
            "sign",
            "Prints the address of a rendition of any size, signed with Cms__SigningSecrets__0."
        )
        {
            image,
            name,
        };
        command.SetAction(
            (parsed, _) =>
                CommandLine.GuardAsync(() =>
                {
                    Console.WriteLine(Sign(parsed.GetValue(image), parsed.GetValue(name)!));
                    return Task.CompletedTask;
                })
        );
        return command;
    }

    private static string Sign(Guid image, string name)
    {
        var options = CmsOptions.Read(CommonOptions.Configuration());
        var rules = new RenditionRules(options.WidthsOfRenditions());
        MediaUrl.Configure(options.OriginOfMedia(), rules.Widths);
        var rendition = RenditionNames.Read(name) with { Signature = null };
        var signatures = new RenditionSignatures(options.SigningSecrets);
        if (!rules.Lists(rendition))
            rendition = signatures.CanSign
                ? signatures.Sign(image, rendition)
                : throw new CommandException(
                    "There is no secret to sign with. Set Cms__SigningSecrets__0 as the server has it."
                );
        return MediaUrl.Of(image, rendition.ToString());
    }
}
