using Cms.Access;
using Cms.Images;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Cms.Publishing.Search;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Authors;

/// <summary>An author as they are written.</summary>
internal sealed record AuthorInput
{
    /// <summary>The readable part of their address. Absent or null: made from the name.</summary>
    /// <example>mara-lindqvist</example>
    [EmptyIsNotNull]
    public string? Slug { get; init; }

    /// <example>Mara Lindqvist</example>
    public required string Name { get; init; }

    /// <example>Senior reporter, Power</example>
    public string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public string? Bio { get; init; }

    /// <summary>
    /// Handles or web addresses (http, https) by network, such as `{ "mastodon": "@ada@example.social" }`.
    /// </summary>
    public IReadOnlyDictionary<string, string> Social { get; init; } = new Dictionary<string, string>();

    /// <summary>Id of an image: their picture. It is public from then on.</summary>
    public Guid? Avatar { get; init; }

    /// <summary>For the desk only: never delivered.</summary>
    public string? Email { get; init; }
}

/// <summary>An author as the desk sees them.</summary>
internal sealed record EditorialAuthor : IRevised
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>mara-lindqvist</example>
    public required string Slug { get; init; }

    /// <example>Mara Lindqvist</example>
    public required string Name { get; init; }

    /// <summary>The author in delivery.</summary>
    public string Url => $"/v1/authors/{Slug}";

    /// <example>Senior reporter, Power</example>
    public required string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public required string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public required IReadOnlyDictionary<string, string> Social { get; init; }

    /// <summary>Their picture.</summary>
    public required ImageView? Avatar { get; init; }

    /// <summary>For the desk only: never delivered.</summary>
    public required string? Email { get; init; }

    /// <summary>Every change makes the next one. It is the `ETag`, and what `If-Match` takes.</summary>
    public required int Revision { get; init; }

    /// <summary>When they were entered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When they were last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class AuthorInputRules : AbstractValidator<AuthorInput>
{
    public AuthorInputRules()
    {
        RuleFor(a => a.Slug).IsSlug();
        RuleFor(a => a.Name).NotEmpty().HasAtMost(200).IsLine();
        RuleFor(a => a.JobTitle).HasAtMost(200).IsLine();
        RuleFor(a => a.Bio).HasAtMost(4_000);
        RuleFor(a => a.Email).HasAtMost(320).IsEmail();
        RuleFor(a => a.Social)
            .Must(s => s.Count <= 20, new SchemaWords { MaxProperties = 20 })
            .WithErrorCode("too-many")
            .WithMessage("At most 20 networks.")
            .Must(
                s => s.All(h => Fits(h.Key, 50) && Fits(h.Value, 300)),
                new SchemaWords
                {
                    EachName = new()
                    {
                        MinLength = 1,
                        MaxLength = 50,
                        Pattern = TextRules.NotBlankPattern,
                    },
                    EachValue = new()
                    {
                        MinLength = 1,
                        MaxLength = 300,
                        Pattern = WebAddress.HandlePattern,
                    },
                }
            )
            .WithErrorCode("too-long")
            .WithMessage("A network's name has 1 to 50 characters, a handle 1 to 300.")
            .Must(s => s.Values.All(WebAddress.IsHandle))
            .WithErrorCode("wrong-form")
            .WithMessage(
                (_, s) =>
                    $"'{Text.Short(s.Values.First(v => !WebAddress.IsHandle(v)))}' is neither a handle, "
                    + "such as @ada@example.social, nor an http or https address."
            );
    }

    private static bool Fits(string text, int most) => text.Length > 0 && Text.Length(text) <= most;
}

/// <summary>An author as the desk's statements give them.</summary>
internal sealed record EditorialAuthorRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string SortName { get; init; }
    public required string? JobTitle { get; init; }
    public required string? Bio { get; init; }
    public required string Social { get; init; }
    public required string? Avatar { get; init; }
    public required string? Email { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public const string Select = $"""
        select r.id, r.slug, r.name, r.sort_name, r.job_title, r.bio, r.social,
               (select {ImageJson.Object}
                from {ImageJson.All}
                where i.id = r.avatar_image_id) avatar,
               r.email, r.revision, r.created_at, r.updated_at
        from authors r
        """;

    public static async Task<EditorialAuthorRow> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken ct
    ) => (await transaction.FindAsync<EditorialAuthorRow>($"{Select} where r.id = @id", new { id }, ct))!;

    public EditorialAuthor View() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            JobTitle = JobTitle,
            Bio = Bio,
            Social = Json.Read<Dictionary<string, string>>(Social),
            Avatar = Avatar is null ? null : Json.Read<ImageView>(Avatar),
            Email = Email,
            Revision = Revision,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };

    public AuthorInput ToInput() =>
        new()
        {
            Slug = Slug,
            Name = Name,
            JobTitle = JobTitle,
            Bio = Bio,
            Social = Json.Read<Dictionary<string, string>>(Social),
            Avatar = Avatar is null ? null : Json.Read<ImageView>(Avatar).Id,
            Email = Email,
        };
}

/// <summary>Writes of authors.</summary>
internal static class AuthorWriter
{
    public static async Task<Guid> CreateAsync(
        NpgsqlTransaction transaction,
        AuthorInput input,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct,
        Guid? knownAs = null
    )
    {
        var id = knownAs ?? Platform.Ids.New(at);
        await WriteAsync(transaction, Insert, id, input, caller, at, ct);
        return id;
    }

    public static Task ChangeAsync(
        NpgsqlTransaction transaction,
        Guid id,
        AuthorInput input,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    ) => WriteAsync(transaction, Update, id, input, caller, at, ct);

    /// <summary>
    /// Adds the faults that only the database can find. Locks the picture, so that it cannot be deleted before the
    /// author refers to it.
    /// </summary>
    public static async Task FindFaultsAsync(
        NpgsqlTransaction transaction,
        AuthorInput input,
        Caller caller,
        Faults faults,
        CancellationToken ct
    )
    {
        if (
            input.Avatar is { } avatar
            && await transaction.FindAsync<Guid?>(
                $"select r.id from images r where r.id = @avatar and {Reach.SeesImage("r")} for key share of r",
                new { avatar, Reach = Reach.Of(caller) },
                ct
            )
                is null
        )
            faults.AddIndependent([
                Fault.At("/avatar", "unknown-reference", $"There is no image '{avatar}'."),
            ]);
    }

    private static async Task WriteAsync(
        NpgsqlTransaction transaction,
        string sql,
        Guid id,
        AuthorInput input,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var faults = new Faults();
        await FindFaultsAsync(transaction, input, caller, faults, ct);
        JsonBody.RefuseIfFaulty(faults);
        await Resource.Author.WithSlugAsync(
            transaction,
            input.Slug,
            input.Name,
            caller,
            async slug =>
                await transaction.ExecuteAsync(
                    sql,
                    new
                    {
                        id,
                        slug,
                        input.Name,
                        NameText = IndexText.OfName(input.Name),
                        SortName = SortKey.Of(input.Name),
                        input.JobTitle,
                        input.Bio,
                        Social = Json.WriteText(input.Social),
                        input.Avatar,
                        input.Email,
                        at,
                    },
                    ct
                ) == 1,
            ct
        );
    }

    private const string Insert = """
        insert into authors (id, slug, name, name_text, sort_name, job_title, bio, social, avatar_image_id, email,
            created_at, updated_at)
        values (@id, @slug, @Name, @NameText, @SortName, @JobTitle, @Bio, @Social::jsonb, @Avatar, @Email, @at, @at)
        on conflict (slug) do nothing
        """;

    private const string Update = """
        update authors set slug = @slug, name = @Name, name_text = @NameText, sort_name = @SortName,
            job_title = @JobTitle, bio = @Bio, social = @Social::jsonb,
               avatar_image_id = @Avatar, email = @Email, revision = revision + 1, updated_at = @at
        where id = @id and not exists (select from authors o where o.slug = @slug and o.id <> @id)
        """;
}
