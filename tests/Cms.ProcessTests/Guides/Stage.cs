using Cms.Docs;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Guides;

/// <summary>A demo newsroom of its own with a shell in front of it, for examples that change things.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly CmsProcess _server;
    private readonly Shell _shell;
    private readonly Likeness _likeness = new();

    private Stage(CmsProcess server, Shell shell) => (_server, _shell) = (server, shell);

    public static async Task<Stage> OpenAsync(Newsrooms newsrooms)
    {
        var data = await newsrooms.SeededAsync();
        var server = await CmsProcess.ServeAsync(data);
        // What is searched for instead of a mistyped word is known some time after the start.
        await Wait.UntilAsync(
            "the words are learnt",
            () => Sql.ScalarAsync<bool>(Sql.Of(server), AreWordsLearnt)
        );
        // Where scripts/start puts the key, as the guides say.
        var home = Path.Combine(data, "home");
        var share = Path.Combine(home, ".local", "share", "cms");
        Directory.CreateDirectory(share);
        File.Copy(Path.Combine(data, "admin.key"), Path.Combine(share, "admin.key"));
        var stage = new Stage(server, new Shell(home, Root));
        await stage._shell.RunAsync("KEY=$(cat ~/.local/share/cms/admin.key)", default);
        return stage;
    }

    /// <summary>Runs an example, with this server and the real things in the place of those that are shown.</summary>
    public Task<Answer> RunAsync(string script, CancellationToken ct) =>
        _shell.RunAsync(
            _likeness
                .Real(script)
                .Replace(
                    HttpExample.Server,
                    _server.Address.ToString().TrimEnd('/'),
                    StringComparison.Ordinal
                ),
            ct
        );

    /// <summary>What is different between an answer and the one that is shown; null if nothing is.</summary>
    public string? Difference(string language, string shown, Answer answer)
    {
        if (language == "http")
            return OfHttp(shown.ReplaceLineEndings("\n").Trim(), answer);
        if (answer.Status is not (0 or (>= 200 and < 300)))
            return $"{answer.Status} {answer.Body}";
        return language == "json" ? _likeness.Json(shown, answer.Body) : _likeness.Text(shown, answer.Body);
    }

    public async ValueTask DisposeAsync()
    {
        await _shell.DisposeAsync();
        await _server.DisposeAsync();
    }

    private const string AreWordsLearnt = """
        select language = indexed and learnt_through >=
            (select max(sequence) from changes where entity_type = 'article' and op = 'upsert')
        from search_state
        """;

    private string? OfHttp(string shown, Answer answer)
    {
        var parts = shown.Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        if (lines[0].Split(' ')[1] != $"{answer.Status}")
            return $"{answer.Status} instead of {lines[0]}: {answer.Body}";
        foreach (var header in lines[1..].Select(l => l.Split(':', 2)))
            if (_likeness.Text(header[1], answer.Header(header[0]) ?? "") is { } difference)
                return $"{header[0]}: {difference}";
        return parts.Length == 1 ? null
            : parts[1].TrimStart()[0] is '{' or '[' ? _likeness.Json(parts[1], answer.Body)
            : _likeness.Text(parts[1], answer.Body);
    }

    /// <summary>The repository: paths of examples are relative to it.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cms.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
