namespace Cms.Benchmarks.Harness;

/// <summary>A server under measurement.</summary>
internal interface IMeasured
{
    Uri Address { get; }

    /// <summary>Seconds of processor time that it has used.</summary>
    double Cpu { get; }
}
