using System.CommandLine;
using Cms.Access;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;

namespace Cms.Cli;

/// <summary><c>cms keys</c>: makes, lists and revokes API keys; also while the server runs.</summary>
internal static class KeysCommand
{
    public static Command Create() =>
        new("keys", "Makes, lists and revokes API keys.") { CreateCommand(), ListCommand(), RevokeCommand() };

    private static Command CreateCommand()
    {
        var name = new Argument<string>("name") { Description = "Who or what uses the key." };
        var role = new Option<Role>("--role") { Description = "What it may do.", Required = true };
        role.AcceptOnlyFromAmong(Enum.GetNames<Role>().Select(r => r.ToLowerInvariant()).ToArray());
        var sections = new Option<string[]>("--section")
        {
            Description = "Slug or id of a section that it is limited to; may be repeated.",
            HelpName = "SECTION",
        };
        var expires = new Option<string?>("--expires")
        {
            Description = "When it ends, such as 2027-01-01T00:00:00Z. Default: never.",
            HelpName = "TIME",
        };
        expires.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !Json.TryInstant(text, out _))
                result.AddError($"'{text}' is not a time such as 2027-01-01T00:00:00Z.");
        });
        var data = CommonOptions.Data();
        var command = new Command("create", "Makes a key and prints it, this once.")
        {
            name,
            role,
            sections,
            expires,
            data,
        };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(async () =>
                {
                    var input = new KeyInput
                    {
                        Name = Text.Stored(parsed.GetValue(name)!),
                        Role = parsed.GetValue(role),
                        Sections = parsed.GetValue(sections) is { Length: > 0 } some ? some : null,
                        ExpiresAt =
                            parsed.GetValue(expires) is { } text && Json.TryInstant(text, out var at)
                                ? at
                                : null,
                    };
                    if (new KeyInputRules().Validate(input) is { IsValid: false } invalid)
                        throw new CommandException(
                            string.Join(' ', invalid.Errors.Select(e => e.ErrorMessage))
                        );
                    await using var newsroom = await Newsroom.OpenBesideServerAsync(
                        parsed.GetValue(data),
                        ct
                    );
                    await using var postgres = newsroom.OpenDatabase();
                    await Migrator.MigrateAsync(postgres, ct);
                    var key = await postgres.InTransactionAsync(
                        transaction =>
                            Keys.CreateAsync(transaction, input, TimeProvider.System.GetUtcNow(), ct),
                        ct
                    );
                    Console.WriteLine(key.Token);
                })
        );
        return command;
    }

    private static Command ListCommand()
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "Lists the keys, without their secrets.") { data };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(async () =>
                {
                    await using var newsroom = await Newsroom.OpenBesideServerAsync(
                        parsed.GetValue(data),
                        ct
                    );
                    await using var postgres = newsroom.OpenDatabase();
                    await Migrator.MigrateAsync(postgres, ct);
                    Console.WriteLine($"{"ID", -36}  {"ROLE", -11}  {"STATE", -8}  {"LAST USED", -20}  NAME");
                    var now = TimeProvider.System.GetUtcNow();
                    foreach (
                        var row in await postgres.ListAsync<KeyRow>(
                            $"{KeyRow.Select} order by k.created_at, k.id",
                            new { },
                            ct
                        )
                    )
                    {
                        var state =
                            row.RevokedAt is not null ? "revoked"
                            : row.ExpiresAt <= now ? "expired"
                            : "valid";
                        var used = row.LastUsedAt is { } at
                            ? at.ToString(
                                "yyyy-MM-dd HH:mm'Z'",
                                System.Globalization.CultureInfo.InvariantCulture
                            )
                            : "never";
                        Console.WriteLine(
                            $"{row.Id, -36}  {row.Role, -11}  {state, -8}  {used, -20}  {row.Name}"
                        );
                    }
                })
        );
        return command;
    }

    private static Command RevokeCommand()
    {
        var id = new Argument<Guid>("id") { Description = "The key's id, as `cms keys list` shows it." };
        var data = CommonOptions.Data();
        var command = new Command("revoke", "Ends a key at once and for good.") { id, data };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(async () =>
                {
                    await using var newsroom = await Newsroom.OpenBesideServerAsync(
                        parsed.GetValue(data),
                        ct
                    );
                    await using var postgres = newsroom.OpenDatabase();
                    await Migrator.MigrateAsync(postgres, ct);
                    if (
                        !await postgres.InTransactionAsync(
                            transaction =>
                                Keys.RevokeAsync(
                                    transaction,
                                    parsed.GetValue(id),
                                    TimeProvider.System.GetUtcNow(),
                                    ct
                                ),
                            ct
                        )
                    )
                        throw new CommandException($"There is no key {parsed.GetValue(id)}.");
                    Console.WriteLine($"Revoked {parsed.GetValue(id)}.");
                })
        );
        return command;
    }
}
