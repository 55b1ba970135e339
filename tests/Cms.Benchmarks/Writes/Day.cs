using System.Collections.Concurrent;
using System.Diagnostics;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Writes;

/// <summary>What a desk does in a day, one act after the other, each measured by itself.</summary>
internal static class Day
{
    public const string Create = "create";
    public const string Change = "change";
    public const string Publish = "publish";
    public const string PublishAgain = "publish again, text and deck changed";
    public const string Unpublish = "unpublish";
    public const string CreateAndPublish = "create + publish";
    public const string OfThesePublish = "… of it publish";
    public const string CreatePublished = "create with publish=true";

    /// <summary>All acts, with so many connections.</summary>
    public static async Task<IReadOnlyDictionary<string, Load>> RunAsync(
        Office office,
        Manuscripts manuscripts,
        int connections,
        TimeSpan time,
        CancellationToken ct
    )
    {
        var loads = new Dictionary<string, Load>();
        var drafts = new ConcurrentQueue<Draft>();
        var changed = new ConcurrentQueue<Draft>();
        var published = new ConcurrentQueue<Draft>();
        var changedAgain = new ConcurrentQueue<Draft>();
        var publishedAgain = new ConcurrentQueue<Draft>();

        await MeasureAsync(Create, CreateEach((w, m, stop) => w.CreateAsync(m, stop), drafts));
        await MeasureAsync(Change, ChangeEach(drafts, changed));
        foreach (var draft in drafts)
            changed.Enqueue(draft);
        await MeasureAsync(Publish, Each(changed, (w, d, stop) => w.PublishAsync(d, stop), published));
        await office.WorkAsync(connections, time, Laps(ChangeEach(published, changedAgain)), ct);
        await MeasureAsync(
            PublishAgain,
            Each(changedAgain, (w, d, stop) => w.PublishAgainAsync(d, stop), publishedAgain)
        );
        await MeasureAsync(Unpublish, Each(publishedAgain, (w, d, stop) => w.UnpublishAsync(d, stop), []));

        var pairs = await PairsAsync(office, manuscripts, connections, time, isHot: false, ct);
        loads[CreateAndPublish] = pairs.ToLoad();
        loads[OfThesePublish] = pairs.ToLoad(1);
        if (await office.CanCreatePublishedAsync(manuscripts.Next(), ct))
            await MeasureAsync(
                CreatePublished,
                CreateEach((w, m, stop) => w.CreatePublishedAsync(m, stop), [])
            );
        return loads;

        async Task MeasureAsync(string name, Func<IWriter, CancellationToken, Task<double?>> act) =>
            loads[name] = (await office.WorkAsync(connections, time, Laps(act), ct)).ToLoad();

        Func<IWriter, CancellationToken, Task<double?>> CreateEach(
            Func<IWriter, Manuscript, CancellationToken, Task<Draft>> create,
            ConcurrentQueue<Draft> to
        ) =>
            async (writer, stop) =>
            {
                var manuscript = manuscripts.Next();
                var start = Stopwatch.GetTimestamp();
                to.Enqueue(await create(writer, manuscript, stop));
                return Figure.MsSince(start);
            };

        Func<IWriter, CancellationToken, Task<double?>> ChangeEach(
            ConcurrentQueue<Draft> from,
            ConcurrentQueue<Draft> to
        ) =>
            async (writer, stop) =>
            {
                if (!from.TryDequeue(out var draft))
                    return null;
                var rewritten = manuscripts.Rewritten(draft.Manuscript);
                var start = Stopwatch.GetTimestamp();
                to.Enqueue(await writer.ChangeAsync(draft, rewritten, stop));
                return Figure.MsSince(start);
            };
    }

    /// <summary>Each article is created and published, in two requests.</summary>
    /// <returns>With two parts.</returns>
    public static Task<Shift> PairsAsync(
        Office office,
        Manuscripts manuscripts,
        int connections,
        TimeSpan time,
        bool isHot,
        CancellationToken ct
    ) =>
        office.WorkAsync(
            connections,
            time,
            async (writer, stop) =>
            {
                var manuscript = manuscripts.Next(isHot);
                var start = Stopwatch.GetTimestamp();
                var draft = await writer.CreateAsync(manuscript, stop);
                var created = Stopwatch.GetTimestamp();
                await writer.PublishAsync(draft, stop);
                return [Stopwatch.GetElapsedTime(start, created).TotalMilliseconds, Figure.MsSince(created)];
            },
            ct
        );

    /// <summary>
    /// An author gets one name after the other. One connection: each change begins where the one before ended.
    /// </summary>
    public static Task<Shift> RenamesAsync(
        Office office,
        Thing author,
        Revision revision,
        TimeSpan time,
        CancellationToken ct
    ) =>
        office.WorkAsync(
            1,
            time,
            async (writer, stop) =>
            {
                var start = Stopwatch.GetTimestamp();
                await writer.RenameAsync(author, revision.Number, $"Name {revision.Number}", stop);
                revision.Number++;
                return [Figure.MsSince(start)];
            },
            ct
        );

    private static Func<IWriter, CancellationToken, Task<double?>> Each(
        ConcurrentQueue<Draft> from,
        Func<IWriter, Draft, CancellationToken, Task> act,
        ConcurrentQueue<Draft> to
    ) =>
        async (writer, stop) =>
        {
            if (!from.TryDequeue(out var draft))
                return null;
            var start = Stopwatch.GetTimestamp();
            await act(writer, draft, stop);
            to.Enqueue(draft);
            return Figure.MsSince(start);
        };

    private static Func<IWriter, CancellationToken, Task<double[]?>> Laps(
        Func<IWriter, CancellationToken, Task<double?>> act
    ) => async (writer, stop) => await act(writer, stop) is { } time ? [time] : null;
}

/// <summary>The revision that somebody has at the moment.</summary>
internal sealed class Revision
{
    public int Number { get; set; } = 1;
}
