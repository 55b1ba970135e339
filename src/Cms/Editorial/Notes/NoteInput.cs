using Cms.Platform.Http.Validation;
using FluentValidation;

namespace Cms.Editorial.Notes;

/// <summary>What is said about an article.</summary>
internal sealed record NoteInput : INoteText
{
    /// <summary>Plain text.</summary>
    /// <example>Who says so? Name the second source.</example>
    public required string Text { get; init; }

    /// <summary>The `id` of the block of the body that it is about; null: the article.</summary>
    public string? Block { get; init; }

    /// <summary>Whom it calls: ids of people and keys, as `GET /v1/editorial/actors` lists them.</summary>
    public IReadOnlyList<Guid> Mentions { get; init; } = [];
}

/// <summary>What is said in reply to a note.</summary>
internal sealed record ReplyInput : INoteText
{
    /// <summary>Plain text.</summary>
    /// <example>The ministry, on the record. Added.</example>
    public required string Text { get; init; }

    /// <summary>Whom it calls: ids of people and keys, as `GET /v1/editorial/actors` lists them.</summary>
    public IReadOnlyList<Guid> Mentions { get; init; } = [];
}

/// <summary>What notes and replies say.</summary>
internal interface INoteText
{
    const int MaxText = 2_000;
    const int MaxMentions = 20;

    string Text { get; }
    IReadOnlyList<Guid> Mentions { get; }
}

internal abstract class NoteTextRules<T> : AbstractValidator<T>
    where T : INoteText
{
    protected NoteTextRules()
    {
        RuleFor(n => n.Text).NotEmpty().HasAtMost(INoteText.MaxText);
        RuleFor(n => n.Mentions)
            .Must(m => m.Count <= INoteText.MaxMentions, new SchemaWords { MaxItems = INoteText.MaxMentions })
            .WithErrorCode("wrong-length")
            .WithMessage($"A note mentions at most {INoteText.MaxMentions}.");
    }
}

internal sealed class NoteInputRules : NoteTextRules<NoteInput>
{
    public NoteInputRules() => RuleFor(n => n.Block).HasAtMost(40).NotEmpty().When(n => n.Block is not null);
}

internal sealed class ReplyInputRules : NoteTextRules<ReplyInput>;
