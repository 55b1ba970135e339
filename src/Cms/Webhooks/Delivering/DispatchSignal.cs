namespace Cms.Webhooks.Delivering;

/// <summary>Wakes this node's dispatcher: something may be due that was not a moment ago.</summary>
internal sealed class DispatchSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _woken = NewSource();

    /// <summary>
    /// Ends with the next call of <see cref="Wake"/>. Take it before you look, so that nothing comes between.
    /// </summary>
    public Task Next
    {
        get
        {
            lock (_gate)
                return _woken.Task;
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken.SetResult();
            _woken = NewSource();
        }
    }

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
