using System.Globalization;

namespace Cms.EmbeddedPostgres;

/// <summary>postmaster.pid, in which the server says who it is and how far it has come.</summary>
internal sealed record PidFile(int Process, bool Ready)
{
    // Lines of the file, as pg_ctl reads them.
    private const int ProcessLine = 0;
    private const int StateLine = 7;

    public static string In(string data) => Path.Combine(data, "postmaster.pid");

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static PidFile? Read(string data)
    {
        try
        {
            var lines = File.ReadAllLines(In(data));
            return
                lines.Length > 0
                && int.TryParse(lines[ProcessLine], CultureInfo.InvariantCulture, out var process)
                && process > 0
                ? new PidFile(process, lines.Length > StateLine && lines[StateLine].Trim() is "ready")
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
