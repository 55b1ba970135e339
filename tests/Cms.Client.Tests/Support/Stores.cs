using Cms.Client.Sqlite;
using Cms.Client.Sync;

namespace Cms.Client.Tests.Support;

/// <summary>The stores there are, for tests that hold for each of them.</summary>
internal sealed class Stores : IDisposable
{
    public const string Memory = "memory";
    public const string Sqlite = "sqlite";

    private readonly string _folder = TestFolders.Create();
    private readonly List<SqliteStore> _opened = [];

    public string File => Path.Combine(_folder, "newsroom.db");

    public ILocalStore Open(string kind)
    {
        if (kind == Memory)
            return new InMemoryStore();
        var store = new SqliteStore(File);
        _opened.Add(store);
        return store;
    }

    public void Dispose()
    {
        foreach (var store in _opened)
            store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
