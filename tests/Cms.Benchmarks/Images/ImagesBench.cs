using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Images.Files;
using Cms.Images.Renditions;
using Cms.Publishing.Renditions;
using NetVips;

namespace Cms.Benchmarks.Images;

/// <summary>
/// Renditions: how long they take to make beside <c>vipsthumbnail</c>, how fast they are sent beside nginx, and what
/// their making costs others.
/// </summary>
internal static class ImagesBench
{
    private const int Width = 4_000;
    private const int Height = 3_000;
    private const int Connections = 32;
    private const int Readers = 8;
    private const int MadeAtOnce = 8;
    private const int AskedAtOnce = 2_000;
    private const string Article = "/v1/articles?limit=20";

    /// <summary>What is asked of the server, and the same of the command.</summary>
    private static readonly (string Format, string Output)[] Formats =
    [
        ("webp", ".webp[Q=78,effort=4,strip]"),
        ("avif", ".avif[Q=55,effort=3,strip]"),
        ("jpeg", ".jpg[Q=78,optimize_coding,interlace,strip]"),
    ];

    public static async Task RunAsync(
        Newsrooms newsrooms,
        Report report,
        int articles,
        Pace pace,
        CancellationToken ct
    )
    {
        await using var newsroom = await newsrooms.CopyAsync(articles, ct);
        var folder = Directory.CreateTempSubdirectory("images-bench").FullName;
        try
        {
            using var node = await ServerProcess.NodeAsync(
                newsroom,
                "artifacts/bench/node",
                ct,
                settings: new Dictionary<string, string>
                {
                    ["Cms__MediaDirectory"] = Path.Combine(folder, "media"),
                    ["Cms__RenditionDirectory"] = Path.Combine(folder, "renditions"),
                }
            );
            using var library = new Library(newsroom, node, folder);
            report.Say($"# Images\n\n{await Circumstances.OfAsync(newsroom, ct)}");
            await MakingAsync(library, report, pace.Rounds, ct);
            await SendingAsync(library, report, folder, pace, ct);
            await AsideAsync(library, report, pace, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// One picture of each format, and all that <c>sources</c> name, each from a file never seen before.
    /// </summary>
    private static async Task MakingAsync(Library library, Report report, int rounds, CancellationToken ct)
    {
        if (Programs.Find("vipsthumbnail") is not { } command)
        {
            Report.Progress("vipsthumbnail is not here: its rows are left out");
            command = "";
        }
        var seconds = new Dictionary<string, (List<double> Ours, List<double> Theirs)>();
        // The first round is for the compilers and the disk.
        for (var round = 0; round <= rounds; round++)
        {
            Report.Progress($"making: round {round} of {rounds}");
            foreach (var (format, output) in Formats)
            {
                var (id, file) = await library.AddAsync(ct);
                var bytes = await File.ReadAllBytesAsync(file, ct);
                var name = $"w1200-{format}";
                var single = OrderOf(Rendition.Read(name, out _)!);
                Note(
                    round,
                    $"w1200, {format}, in a process at normal priority",
                    await TimeAsync(() => Task.Run(() => RenditionMaker.Make(bytes, single, ct), ct)),
                    command.Length == 0
                        ? null
                        : await TimeAsync(() => ThumbnailAsync(command, file, 1200, output, ct))
                );
                Note(
                    round,
                    $"w1200, {format}",
                    await TimeAsync(() => library.GetAsync($"/media/{id}/w1200-{format}", ct)),
                    command.Length == 0
                        ? null
                        : await TimeAsync(() => ThumbnailAsync(command, file, 1200, output, ct))
                );
            }
            var (_, all) = await library.AddAsync(ct);
            var original = await File.ReadAllBytesAsync(all, ct);
            var orders = OrdersOf().ToArray();
            Note(
                round,
                $"all of `sources` ({orders.Length} files), one after the other",
                await TimeAsync(() => Task.Run(() => MakeAll(original, orders, ct), ct)),
                command.Length == 0
                    ? null
                    : await TimeAsync(async () =>
                    {
                        foreach (var width in orders.Select(o => o.Frame.Width).Distinct())
                        foreach (var (_, output) in Formats)
                            await ThumbnailAsync(command, all, width, output, ct);
                    })
            );
        }

        report.Heading("Making");
        report.Say(
            $"From a JPEG of {Width} × {Height} pixels: seconds, and how many times as fast as `vipsthumbnail`. "
                + "The aim is 0.9 for one, and 1 for a set. A single one is asked of the server over HTTP; the set "
                + "is made in the process of the benchmark. The command has a thread for each processor, the "
                + "server half as many, at low priority."
        );
        report.Table(
            ["rendition", "server, s", "vipsthumbnail, s", "times as fast"],
            seconds.Select(s =>
                (string[])
                    [
                        s.Key,
                        Spread.Of(s.Value.Ours).ToString(),
                        s.Value.Theirs.Count == 0 ? "not here" : Spread.Of(s.Value.Theirs).ToString(),
                        s.Value.Theirs.Count == 0
                            ? ""
                            : Spread
                                .Of(s.Value.Theirs.Zip(s.Value.Ours, (its, ours) => its / ours))
                                .ToString(),
                    ]
            )
        );

        void Note(int round, string name, double ours, double? theirs)
        {
            if (!seconds.TryGetValue(name, out var both))
                seconds[name] = both = ([], []);
            if (round == 0)
                return;
            both.Ours.Add(ours);
            if (theirs is { } its)
                both.Theirs.Add(its);
        }
    }

    /// <summary>A rendition that is there, beside nginx with the same file and headers.</summary>
    private static async Task SendingAsync(
        Library library,
        Report report,
        string folder,
        Pace pace,
        CancellationToken ct
    )
    {
        var (id, _) = await library.AddAsync(ct);
        var target = $"/media/{id}/w1200-webp";
        await library.GetAsync(target, ct);
        var answer = await RecordedAnswer.FetchAsync("rendition", library.Node.Address, target, [], ct);
        var recorded = Directory.CreateDirectory(Path.Combine(folder, "recorded")).FullName;
        await File.WriteAllBytesAsync(answer.BodyFile(recorded), answer.Body, ct);
        using var nginx = await NginxProcess.StartAsync([answer], recorded, ct);
        if (nginx is null)
            return;
        var baseline = new Contestant("nginx", nginx, "/rendition");
        Contestant[] contestants = [new("server", library.Node, target), baseline];
        var contest = await Contest.RunAsync("sending", contestants, [Connections], pace, ct);

        report.Heading("Sending");
        report.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"A rendition of {answer.Body.Length / 1024.0:0} KiB that has been made. The aim is 0.8 of nginx."
            )
        );
        report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(contestants, baseline, [Connections])
        );
    }

    /// <summary>What making costs: memory, and those who read articles.</summary>
    private static async Task AsideAsync(Library library, Report report, Pace pace, CancellationToken ct)
    {
        Report.Progress("aside: memory");
        var ids = new List<string>();
        for (var i = 0; i < MadeAtOnce; i++)
            ids.Add((await library.AddAsync(ct)).Id);
        var before = library.Node.Resident;
        library.Node.ForgetPeak();
        await Task.WhenAll(ids.Select(id => library.GetAsync($"/media/{id}/w2560-avif", ct)));
        var peak = library.Node.Peak;

        var (alone, beside) = (new List<Load>(), new List<Load>());
        var reading = new Contestant("readers", library.Node, Article);
        string[] names =
        [
            .. from width in new[] { 320, 384, 400, 480, 600, 640, 750, 800, 828, 960 }
            from crop in new[] { "", "-16x9", "-4x3", "-3x2", "-1x1", "-9x16" }
            from quality in new[] { 30, 40, 50, 60, 70, 80, 90 }
            from id in ids.Take(5)
            select $"/media/{id}/w{width}{crop}-webp-q{quality}",
        ];
        for (var round = 0; round < pace.Rounds; round++)
        {
            Report.Progress($"aside: round {round + 1} of {pace.Rounds}");
            alone.Add(await Wrk.RunAsync(reading, Readers, pace.Seconds, ct));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var asked = names.Skip(round * AskedAtOnce).Take(AskedAtOnce).ToArray();
            var asking = Task.WhenAll(asked.Select(name => library.TryGetAsync(name, over.Token)));
            beside.Add(await Wrk.RunAsync(reading, Readers, pace.Seconds, ct));
            await over.CancelAsync();
            await asking;
        }

        report.Heading("Aside");
        report.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Memory of the server: {Figure.Mib(before):0} MiB before, at most {Figure.Mib(peak):0} MiB while "
                    + $"{MadeAtOnce} were asked for at once (w2560, AVIF)."
            )
        );
        report.Say(
            $"Readers of a list from memory by {Readers} connections, alone and while {AskedAtOnce} different "
                + "renditions are asked for at once. The aim is 1.5 times the latency."
        );
        report.Table(
            ["", "p50, ms", "p99, ms"],
            [
                ["alone", Of(alone, l => l.P50), Of(alone, l => l.P99)],
                ["beside renditions", Of(beside, l => l.P50), Of(beside, l => l.P99)],
                ["times", Times(l => l.P50), Times(l => l.P99)],
            ]
        );

        static string Of(List<Load> loads, Func<Load, double> figure) =>
            Spread.Of(loads.Select(figure)).ToString();

        string Times(Func<Load, double> figure) =>
            Spread.Of(beside.Zip(alone, (with, without) => figure(with) / figure(without))).ToString();
    }

    private static readonly Original Photograph = new()
    {
        Sha256 = new string('0', 64),
        Format = ImageFormat.Jpeg,
        Width = Width,
        Height = Height,
        FocalPoint = null,
        Version = 1,
        ChangedAt = DateTimeOffset.UnixEpoch,
        UsageUntil = null,
    };

    private static IEnumerable<RenditionOrder> OrdersOf() =>
        UsualRenditions.OrdersOf(Photograph, hasCrops: false);

    private static RenditionOrder OrderOf(Rendition rendition) =>
        RenditionOrder.Of(
            Photograph,
            rendition,
            RenditionNegotiation.Choose(rendition, Photograph.Format, accept: default)
        );

    private static void MakeAll(byte[] original, RenditionOrder[] orders, CancellationToken ct)
    {
        foreach (var alike in orders.GroupBy(o => o.Picture))
            RenditionMaker.Make(original, [.. alike], ct);
    }

    private static async Task ThumbnailAsync(
        string command,
        string file,
        int width,
        string output,
        CancellationToken ct
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                command,
                [
                    file,
                    "-s",
                    $"{width}x",
                    "-o",
                    Path.Combine(Path.GetDirectoryName(file)!, $"out-{width}{output}"),
                ]
            )
        )!;
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"vipsthumbnail failed: {output}");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The pictures of the newsroom that is measured.</summary>
    private sealed class Library(Newsroom newsroom, ServerProcess node, string folder) : IDisposable
    {
        private readonly HttpClient _http = new(
            new SocketsHttpHandler { MaxConnectionsPerServer = AskedAtOnce }
        )
        {
            BaseAddress = node.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };

        private readonly byte[] _photograph = Draw();
        private int _added;

        public ServerProcess Node => node;

        /// <summary>Uploads a picture that is another file than all before, and keeps it beside.</summary>
        public async Task<(string Id, string File)> AddAsync(CancellationToken ct)
        {
            var number = ++_added;
            // The resolution stays in the file, and changes no pixel.
            byte[] file =
            [
                .. _photograph[..2],
                .. (byte[])[0xFF, 0xE0, 0, 16],
                .. "JFIF\0"u8,
                .. (byte[])[1, 2, 1, (byte)(number >> 8), (byte)number, 0, 96, 0, 0],
                .. _photograph[2..],
            ];
            var path = Path.Combine(folder, $"{number}.jpg");
            await File.WriteAllBytesAsync(path, file, ct);
            using var form = new MultipartFormDataContent
            {
                { new ByteArrayContent(file), "file", "picture.jpg" },
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/editorial/images")
            {
                Content = form,
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", newsroom.Key);
            using var response = await _http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))!;
            return ((string)answer["id"]!, path);
        }

        public async Task GetAsync(string target, CancellationToken ct) =>
            _ = await _http.GetByteArrayAsync(new Uri(target, UriKind.Relative), ct);

        /// <summary>Whatever the answer is.</summary>
        public async Task TryGetAsync(string target, CancellationToken ct)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri(target, UriKind.Relative), ct);
            }
            catch (OperationCanceledException)
            {
                // The round is over.
            }
        }

        public void Dispose() => _http.Dispose();

        private static byte[] Draw()
        {
            Libvips.Prepare();
            Image Clouds(int size) => Image.Perlin(Width, Height, cellSize: size).Linear([70], [128]);
            using var noise = Image.Gaussnoise(Width, Height, sigma: 6, mean: 0, seed: 1);
            using var red = Clouds(512) + noise;
            using var green = Clouds(384) + noise;
            using var blue = Clouds(768) + noise;
            using var all = red.Bandjoin(green, blue).Cast(Enums.BandFormat.Uchar);
            using var picture = all.Copy(interpretation: Enums.Interpretation.Srgb);
            return picture.JpegsaveBuffer(q: 88, keep: Enums.ForeignKeep.None);
        }
    }
}
