using CsCheck;

namespace Cms.ModelTests;

/// <summary>Who acts.</summary>
internal enum Who
{
    /// <summary>A contributor.</summary>
    Writer,

    /// <summary>Another contributor.</summary>
    OtherWriter,
    Viewer,
    Editor,

    /// <summary>An editor whose key is limited to section A.</summary>
    EditorOfA,
    Admin,
}

/// <summary>The section of an article.</summary>
internal enum Place
{
    None,
    A,
    B,
}

/// <summary>What an edit says of the revision that it starts from.</summary>
internal enum Start
{
    Present,

    /// <summary>The revision before, if there is one.</summary>
    Older,

    /// <summary>Nothing.</summary>
    Unsaid,

    /// <summary>One of two revisions ago, if there is one, and that it may be merged.</summary>
    OlderToMerge,
}

/// <summary>What is changed; null: not touched. Numbers stand for texts, 0 for none; an embargo for so many minutes
/// from now, 0 for none.</summary>
internal sealed record Patch(int? Headline, int? Kicker, int? Deck, Place? Section, bool? Body, int? Embargo)
{
    public override string ToString() =>
        string.Join(
            ", ",
            new (string Name, object? Value)[]
            {
                ("headline", Headline),
                ("kicker", Kicker),
                ("deck", Deck),
                ("section", Section),
                ("body", Body),
                ("embargo", Embargo),
            }
                .Where(m => m.Value is not null)
                .Select(m => $"{m.Name} {m.Value}")
        );
}

/// <summary>Something that somebody tries. Times are in minutes from now; a minute passes after each act.</summary>
internal abstract record Act(Who By)
{
    /// <summary>Nothing is done, and a minute passes.</summary>
    internal sealed record Wait() : Act(Who.Viewer);

    internal sealed record Change(Who By, Patch Patch, Start Start, bool IsPublished) : Act(By);

    internal sealed record Submit(Who By) : Act(By);

    internal sealed record Reject(Who By) : Act(By);

    internal sealed record Publish(Who By, int? At, int? Until, Start Start) : Act(By);

    internal sealed record Unpublish(Who By, int? At) : Act(By);

    internal sealed record CancelSchedule(Who By) : Act(By);

    internal sealed record Correct(Who By) : Act(By);

    internal sealed record Trash(Who By, Start Start) : Act(By);

    internal sealed record Restore(Who By) : Act(By);

    internal sealed record Erase(Who By, Start Start) : Act(By);

    internal sealed record RestoreRevision(Who By, int Number, Start Start) : Act(By);
}

/// <summary>An article's life: who opens it as what, and what is tried with it.</summary>
internal sealed record Life(Who By, Patch First, IReadOnlyList<Act> Acts)
{
    public override string ToString() =>
        $"{By} opens it: {First}\n" + string.Join('\n', Acts.Select((act, n) => $"{n + 1}. {act}"));

    /// <summary>The lives that have one act less.</summary>
    public IEnumerable<Life> Shorter() =>
        Acts.Select((_, n) => this with { Acts = [.. Acts.Where((_, other) => other != n)] });
}

/// <summary>Lives at random, with what leads far more often than what ends them.</summary>
internal static class Lives
{
    private static readonly Gen<Who> Anybody = Gen.Frequency(
        (9, Gen.Const(Who.Editor)),
        (4, Gen.Const(Who.EditorOfA)),
        (3, Gen.Const(Who.Writer)),
        (1, Gen.Const(Who.OtherWriter)),
        (1, Gen.Const(Who.Admin)),
        (1, Gen.Const(Who.Viewer))
    );

    private static readonly Gen<Start> AnyStart = Gen.Frequency(
        (8, Gen.Const(Start.Present)),
        (1, Gen.Const(Start.Older)),
        (1, Gen.Const(Start.Unsaid))
    );

    private static readonly Gen<Place> AnyPlace = Gen.Frequency(
        (4, Gen.Const(Place.A)),
        (2, Gen.Const(Place.B)),
        (1, Gen.Const(Place.None))
    );

    private static Gen<T?> Maybe<T>(int one, int of, Gen<T> gen)
        where T : struct =>
        Gen.Frequency((one, gen.Select(value => (T?)value)), (of - one, Gen.Const((T?)null)));

    private static readonly Gen<Patch> AnyPatch = Gen.Select(
        Maybe(1, 2, Gen.Int[1, 3]),
        Maybe(1, 3, Gen.Int[0, 2]),
        Maybe(1, 3, Gen.Int[0, 2]),
        Gen.Select(Maybe(1, 5, AnyPlace), Maybe(1, 7, Gen.Bool)),
        Maybe(1, 5, Gen.Int[0, 4]),
        (headline, kicker, deck, more, embargo) =>
            new Patch(headline, kicker, deck, more.Item1, more.Item2, embargo)
    );

    private static readonly Gen<Act> AnyChange = Gen.Select(
        Anybody,
        AnyPatch,
        Gen.Frequency((3, AnyStart), (2, Gen.Const(Start.OlderToMerge))),
        Gen.Int[0, 4],
        (by, patch, start, publish) =>
            (Act)
                new Act.Change(
                    by,
                    // A body that is merged is the matter of other tests.
                    start == Start.OlderToMerge
                        ? patch with
                        {
                            Body = null,
                        }
                        : patch,
                    start,
                    publish == 0 && start != Start.OlderToMerge
                )
    );

    private static readonly Gen<Act> AnyAct = Gen.Frequency(
        (7, AnyChange),
        (3, Anybody.Select(by => (Act)new Act.Submit(by))),
        (2, Anybody.Select(by => (Act)new Act.Reject(by))),
        (
            8,
            Gen.Select(
                Anybody,
                Maybe(1, 2, Gen.Int[1, 3]),
                Maybe(1, 3, Gen.Int[1, 5]),
                AnyStart,
                (by, at, until, start) => (Act)new Act.Publish(by, at, until, start)
            )
        ),
        (3, Gen.Select(Anybody, Maybe(1, 2, Gen.Int[1, 4]), (by, at) => (Act)new Act.Unpublish(by, at))),
        (2, Anybody.Select(by => (Act)new Act.CancelSchedule(by))),
        (2, Anybody.Select(by => (Act)new Act.Correct(by))),
        (1, Gen.Select(Anybody, AnyStart, (by, start) => (Act)new Act.Trash(by, start))),
        (2, Anybody.Select(by => (Act)new Act.Restore(by))),
        (
            2,
            Gen.Select(
                Anybody,
                Gen.Int[1, 5],
                AnyStart,
                (by, number, start) => (Act)new Act.RestoreRevision(by, number, start)
            )
        ),
        (2, Gen.Const((Act)new Act.Wait())),
        // One of several tries, since few may.
        (1, Gen.Select(Anybody, AnyStart, (by, start) => (Act)new Act.Erase(by, start)))
    );

    public static Gen<Life> Of(int least, int most) =>
        Gen.Select(
            Gen.Frequency(
                (2, Gen.Const(Who.Editor)),
                (2, Gen.Const(Who.Writer)),
                (1, Gen.Const(Who.EditorOfA))
            ),
            Gen.Int[1, 3],
            Gen.Frequency((4, Gen.Const(Place.A)), (1, Gen.Const(Place.B)), (1, Gen.Const(Place.None))),
            Gen.Int[0, 7],
            Maybe(1, 5, Gen.Int[1, 4]),
            AnyAct.Array[least, most],
            (by, headline, section, body, embargo, acts) =>
                new Life(
                    by,
                    // The key of A opens articles of A only.
                    new Patch(headline, 0, 0, by == Who.EditorOfA ? Place.A : section, body != 0, embargo),
                    acts
                )
        );
}
