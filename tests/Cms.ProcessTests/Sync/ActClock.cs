namespace Cms.ProcessTests.Sync;

/// <summary>
/// Counts what the writers have done: the only time there is for clients that sleep, and for what is to happen in the
/// middle.
/// </summary>
internal sealed class ActClock(int target)
{
    private readonly Lock _gate = new();
    private readonly List<(int At, TaskCompletionSource Reached)> _waiting = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _acts;

    public int Acts
    {
        get
        {
            lock (_gate)
                return _acts;
        }
    }

    /// <summary>Whether enough has been done.</summary>
    public bool IsEnough => Acts >= target;

    /// <summary>Whether nothing more will happen.</summary>
    public bool IsOver => _over.Task.IsCompleted;

    public Task Over => _over.Task;

    public void Tick()
    {
        lock (_gate)
        {
            _acts++;
            Wake(w => w.At <= _acts);
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _over.TrySetResult();
            Wake(_ => true);
        }
    }

    /// <summary>Ends when so much has been done, or nothing more will be.</summary>
    public Task ReachAsync(int acts)
    {
        lock (_gate)
        {
            if (IsOver || _acts >= acts)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((acts, reached));
            return reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public Task PassAsync(int acts) => ReachAsync(Acts + acts);

    private void Wake(Predicate<(int At, TaskCompletionSource Reached)> whom)
    {
        foreach (var waiting in _waiting.FindAll(whom))
            waiting.Reached.SetResult();
        _waiting.RemoveAll(whom);
    }
}
