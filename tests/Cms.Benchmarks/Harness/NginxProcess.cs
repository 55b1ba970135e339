using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// nginx with recorded answers as files, under their headers: on the loopback, with a worker for each core, and with
/// nothing to log.
/// </summary>
internal sealed class NginxProcess : IMeasured, IDisposable
{
    // A word of its configuration has at most 4,096 bytes.
    private const int MaxWordLength = 2_000;
    private readonly Process _process;
    private readonly string[] _arguments;

    private NginxProcess(Process process, string[] arguments, Uri address) =>
        (_process, _arguments, Address) = (process, arguments, address);

    public Uri Address { get; }

    public double Cpu => ProcessFiles.CpuOfFamily(_process.Id);

    /// <returns>Null where there is no nginx.</returns>
    public static async Task<NginxProcess?> StartAsync(
        IEnumerable<RecordedAnswer> answers,
        string folder,
        CancellationToken ct
    )
    {
        if (Programs.Find("nginx") is not { } program)
            return null;
        var port = FreePort();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(answers, folder, port), ct);
        string[] arguments = ["-p", folder, "-c", configuration, "-e", Path.Combine(folder, "nginx.log")];
        var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        var nginx = new NginxProcess(process, arguments, new($"http://127.0.0.1:{port}/"));
        try
        {
            await WaitAsync(process, port, ct);
            return nginx;
        }
        catch
        {
            nginx.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // Asked, not killed: its workers would outlive it.
            using var stop = Process.Start(
                new ProcessStartInfo(Programs.Require("nginx"), [.. _arguments, "-s", "stop"])
                {
                    UseShellExecute = false,
                }
            )!;
            stop.WaitForExit();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    /// <summary>A port that nobody has at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitAsync(Process process, int port, CancellationToken ct)
    {
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException("nginx ended instead of serving.");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, ct);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, ct);
            }
        }
    }

    private static string Configuration(IEnumerable<RecordedAnswer> answers, string folder, int port)
    {
        var (maps, locations) = (new StringBuilder(), new StringBuilder());
        foreach (var answer in answers)
        {
            locations.Append(CultureInfo.InvariantCulture, $"    location = /{answer.Name} {{\n");
            if (answer.Status == 304)
                // Asked for by its entity tag, as from the server, and by nothing else.
                locations.Append(
                    CultureInfo.InvariantCulture,
                    $$"""
                          if ($http_if_none_match != {{Quoted(answer.Header("ETag")!)}}) { return 412; }
                          default_type '';
                          return 304;

                    """
                );
            else
                locations.Append(
                    CultureInfo.InvariantCulture,
                    $"      alias {Quoted(answer.BodyFile(folder))};\n"
                );
            foreach (var (name, value) in answer.Headers)
                if (name == "Content-Type")
                    locations.Append(CultureInfo.InvariantCulture, $"      default_type {Quoted(value)};\n");
                else
                    locations.Append(
                        CultureInfo.InvariantCulture,
                        $"      add_header {name} {Words(answer.Name, name, value)};\n"
                    );
            locations.Append("    }\n");
        }
        return $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            daemon off;
            worker_processes auto;
            pid {{Quoted(Path.Combine(folder, "nginx.pid"))}};
            events { worker_connections 4096; }
            http {
              access_log off;
              server_tokens off;
              sendfile on;
              tcp_nopush on;
              etag off;
              keepalive_requests 1000000000;
              open_file_cache max=100;
              open_file_cache_valid 1h;
              client_body_temp_path {{Quoted(Path.Combine(folder, "nginx-temp"))}};
              proxy_temp_path {{Quoted(Path.Combine(folder, "nginx-temp"))}};
              fastcgi_temp_path {{Quoted(Path.Combine(folder, "nginx-temp"))}};
              uwsgi_temp_path {{Quoted(Path.Combine(folder, "nginx-temp"))}};
              scgi_temp_path {{Quoted(Path.Combine(folder, "nginx-temp"))}};
              types { }
            {{maps}}
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
            {{locations}}
              }
            }

            """;

        // A long value in pieces, each a variable that is always the same.
        string Words(string answer, string header, string value)
        {
            if (value.Length <= MaxWordLength)
                return Quoted(value);
            var stem = $"{answer}_{header}".Replace('-', '_').ToLowerInvariant();
            var words = new StringBuilder();
            foreach (var (number, piece) in value.Chunk(MaxWordLength).Index())
            {
                maps.Append(
                    CultureInfo.InvariantCulture,
                    $"  map $host ${stem}_{number} {{ default {Quoted(new string(piece))}; }}\n"
                );
                words.Append(CultureInfo.InvariantCulture, $"${{{stem}_{number}}}");
            }
            return $"\"{words}\"";
        }
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny("'$\\") < 0 ? $"'{text}'"
        : text.AsSpan().IndexOfAny("\"$\\") < 0 ? $"\"{text}\""
        : throw new InvalidOperationException($"nginx cannot be told this as it is: {text}");
}
