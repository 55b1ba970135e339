// Draws the pictures of the demo newsroom: dotnet run scripts/draw-demo-images.cs [-- key …]
// Each picture is an SVG written by a function below and rendered by libvips. The only randomness is a seeded
// generator, so that the same program draws the same pictures.
#:package NetVips
#:package NetVips.Native
#:property RestorePackagesWithLockFile=false
#:property TreatWarningsAsErrors=false
#:property EnforceCodeStyleInBuild=false
#:property RunAnalyzers=false
#:property GenerateDocumentationFile=false
#:property PublishAot=false

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using NetVips;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var pictures = new (string File, int Width, int Height, Func<string> Draw)[]
{
    ("skyline-dusk.jpg", 1600, 900, Scenes.SkylineDusk),
    ("wafer.jpg", 1600, 900, Scenes.Wafer),
    ("server-hall.jpg", 1600, 900, Scenes.ServerHall),
    ("assembly-dome.jpg", 1600, 900, Scenes.AssemblyDome),
    ("office-windows.jpg", 1600, 900, Scenes.OfficeWindows),
    ("undersea-cable.jpg", 1600, 900, Scenes.UnderseaCable),
    ("circuit-delta.webp", 1600, 900, Scenes.CircuitDelta),
    ("falling-chart.png", 1600, 900, Scenes.FallingChart),
    ("balance.jpg", 1600, 900, Scenes.Balance),
    ("speech-bubbles.jpg", 1600, 900, Scenes.SpeechBubbles),
    ("courier-map.jpg", 1600, 900, Scenes.CourierMap),
    ("reservoir.jpg", 1600, 900, Scenes.Reservoir),
    ("crowd.jpg", 1600, 900, Scenes.Crowd),
    ("orbits.jpg", 1600, 900, Scenes.Orbits),
    ("pylons.jpg", 1600, 900, Scenes.Pylons),
    ("vault.jpg", 1600, 900, Scenes.Vault),
    ("avatar-mara-lindqvist.jpg", 600, 600, () => Portraits.Draw(Portraits.Mara)),
    ("avatar-tomas-adeyemi.jpg", 600, 600, () => Portraits.Draw(Portraits.Tomas)),
    ("avatar-priya-vanterpool.jpg", 600, 600, () => Portraits.Draw(Portraits.Priya)),
    ("avatar-jonah-eskildsen.jpg", 600, 600, () => Portraits.Draw(Portraits.Jonah)),
    ("avatar-renee-castellane.jpg", 600, 600, () => Portraits.Draw(Portraits.Renee)),
    ("avatar-dov-hathersage.jpg", 600, 600, () => Portraits.Draw(Portraits.Dov)),
    ("avatar-sunniva-park.jpg", 600, 600, () => Portraits.Draw(Portraits.Sunniva)),
    ("avatar-oskar-nwosu.jpg", 600, 600, () => Portraits.Draw(Portraits.Oskar)),
};

var target = Path.GetFullPath(Path.Combine(ScriptFolder(), "..", "src", "Cms", "Demo", "images"));
Directory.CreateDirectory(target);
foreach (var (file, width, height, draw) in pictures)
{
    if (args.Length > 0 && !args.Contains(Path.GetFileNameWithoutExtension(file)))
    {
        continue;
    }

    var svg =
        $"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 "
        + $"{width} {height}'>{draw()}</svg>";
    using var rendered = Image.SvgloadBuffer(Encoding.UTF8.GetBytes(svg));
    using var flat = rendered.Flatten(background: [255, 255, 255]);
    var path = Path.Combine(target, file);
    switch (Path.GetExtension(file))
    {
        case ".jpg":
            // the best quality that stays light enough to be carried inside the assembly
            for (var quality = 84; quality >= 60; quality -= 4)
            {
                flat.Jpegsave(
                    path,
                    q: quality,
                    optimizeCoding: true,
                    interlace: true,
                    keep: Enums.ForeignKeep.None
                );
                if (new FileInfo(path).Length <= 110 * 1024)
                {
                    break;
                }
            }

            break;
        case ".png":
            flat.Pngsave(path, compression: 9, palette: true, q: 95, keep: Enums.ForeignKeep.None);
            break;
        default:
            flat.Webpsave(path, q: 80, effort: 6, keep: Enums.ForeignKeep.None);
            break;
    }

    Console.WriteLine($"{file} {new FileInfo(path).Length / 1024} KB");
}

static string ScriptFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

/// <summary>A small seeded generator (xorshift), the same on every platform and runtime.</summary>
sealed class Dice(uint seed)
{
    private uint _state = seed;

    public double Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state / (double)uint.MaxValue;
    }

    public double Between(double low, double high) => low + ((high - low) * Next());

    public int Whole(int low, int high) => (int)Math.Floor(Between(low, high + 0.999));

    public T Pick<T>(params T[] choices) =>
        choices[Math.Min(choices.Length - 1, (int)(Next() * choices.Length))];
}

/// <summary>The few SVG shapes that everything is made of.</summary>
static class Svg
{
    public static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    public static string Rect(double x, double y, double w, double h, string fill, string more = "") =>
        $"<rect x='{N(x)}' y='{N(y)}' width='{N(w)}' height='{N(h)}' fill='{fill}' {more}/>";

    public static string Circle(double x, double y, double r, string fill, string more = "") =>
        $"<circle cx='{N(x)}' cy='{N(y)}' r='{N(r)}' fill='{fill}' {more}/>";

    public static string Ellipse(double x, double y, double rx, double ry, string fill, string more = "") =>
        $"<ellipse cx='{N(x)}' cy='{N(y)}' rx='{N(rx)}' ry='{N(ry)}' fill='{fill}' {more}/>";

    public static string Path(string d, string fill, string more = "") =>
        $"<path d='{d}' fill='{fill}' {more}/>";

    public static string Stroke(string d, string colour, double width, string more = "") =>
        $"<path d='{d}' fill='none' stroke='{colour}' stroke-width='{N(width)}' stroke-linecap='round' "
        + $"stroke-linejoin='round' {more}/>";

    public static string Polygon(string fill, string more, params (double X, double Y)[] points) =>
        $"<polygon points='{string.Join(' ', points.Select(p => $"{N(p.X)},{N(p.Y)}"))}' fill='{fill}' {more}/>";

    public static string Down(string id, params string[] colours) => Gradient(id, 0, 0, 0, 1, colours);

    public static string Gradient(
        string id,
        double x1,
        double y1,
        double x2,
        double y2,
        params string[] colours
    ) =>
        $"<linearGradient id='{id}' x1='{x1}' y1='{y1}' x2='{x2}' y2='{y2}'>{Stops(colours)}</linearGradient>";

    public static string Radial(string id, params string[] colours) =>
        $"<radialGradient id='{id}'>{Stops(colours)}</radialGradient>";

    public static string Blur(string id, double amount) =>
        $"<filter id='{id}' x='-50%' y='-50%' width='200%' height='200%'><feGaussianBlur "
        + $"stdDeviation='{N(amount)}'/></filter>";

    /// <summary>Darker towards the edges, as a lens would.</summary>
    public static string Vignette(double strength = 0.35) =>
        "<defs><radialGradient id='vignette' r='0.75'><stop offset='0.55' stop-color='#000' stop-opacity='0'/>"
        + $"<stop offset='1' stop-color='#000' stop-opacity='{strength}'/></radialGradient></defs>"
        + "<rect width='100%' height='100%' fill='url(#vignette)'/>";

    public static string Hsl(double h, double s, double l) =>
        $"hsl({N(((h % 360) + 360) % 360)},{N(s)}%,{N(l)}%)";

    // "#rrggbb" or "#rrggbb/0.5" for a translucent stop
    private static string Stops(string[] colours) =>
        string.Concat(
            colours.Select(
                (colour, i) =>
                {
                    var parts = colour.Split('/');
                    var opacity = parts.Length > 1 ? $" stop-opacity='{parts[1]}'" : "";
                    return $"<stop offset='{Math.Round(i / (double)(colours.Length - 1), 3)}' "
                        + $"stop-color='{parts[0]}'{opacity}/>";
                }
            )
        );
}

static class Scenes
{
    public static string SkylineDusk()
    {
        var dice = new Dice(1877);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Down("sky", "#191a45", "#4b2f74", "#b5507c", "#f58a66", "#ffd39b"))
            .Append(Svg.Down("water", "#e98a72", "#6a3a72", "#1d1a42"))
            .Append(Svg.Radial("halo", "#fff2c9/0.9", "#ffc48a/0.35", "#ffb27a/0"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 690, "url(#sky)"));
        for (var i = 0; i < 70; i++)
        {
            var y = dice.Between(0, 260);
            s.Append(
                Svg.Circle(
                    dice.Between(0, 1600),
                    y,
                    dice.Between(0.6, 1.8),
                    "#fff",
                    $"opacity='{Svg.N(0.8 - (y / 400))}'"
                )
            );
        }

        s.Append(Svg.Circle(1080, 560, 420, "url(#halo)")).Append(Svg.Circle(1080, 560, 118, "#fff0c8"));
        for (var i = 0; i < 4; i++)
        {
            s.Append(Svg.Rect(960, 565 + (i * 26), 240, 5 + (i * 2), "#f79a70", "opacity='0.75'"));
        }

        string[] colours = ["#b6597d", "#7c3f78", "#4a2c66", "#231c48"];
        for (var layer = 0; layer < 4; layer++)
        {
            double x = -30;
            var floor = 690;
            while (x < 1620)
            {
                var w = dice.Between(46, 120) + (layer * 10);
                var centre = 1 - (Math.Abs(x - 520) / 1200);
                var h =
                    dice.Between(70, 250) * (0.7 + (centre * 0.7)) - (layer * 12) + (layer == 3 ? -20 : 40);
                var top = floor - h;
                s.Append(Svg.Rect(x, top, w, h, colours[layer]));
                switch (dice.Whole(0, 5))
                {
                    case 0:
                        s.Append(
                            Svg.Polygon(colours[layer], "", (x, top), (x + w, top), (x + w, top - (w * 0.5)))
                        );
                        break;
                    case 1:
                        s.Append(Svg.Rect(x + (w * 0.3), top - 22, w * 0.4, 22, colours[layer]))
                            .Append(Svg.Rect(x + (w * 0.49), top - 72, 3, 60, colours[layer]));
                        break;
                    case 2:
                        s.Append(
                            Svg.Path(
                                $"M{Svg.N(x)} {Svg.N(top)} a{Svg.N(w / 2)} {Svg.N(w / 2.6)} 0 0 1 {Svg.N(w)} 0z",
                                colours[layer]
                            )
                        );
                        break;
                }

                if (layer >= 2)
                {
                    for (var wy = top + 14; wy < floor - 16; wy += 20)
                    {
                        for (var wx = x + 10; wx < x + w - 12; wx += 16)
                        {
                            if (dice.Next() < 0.3)
                            {
                                s.Append(
                                    Svg.Rect(
                                        wx,
                                        wy,
                                        7,
                                        10,
                                        dice.Pick("#ffd58f", "#ffb66e", "#ffe9bd"),
                                        $"opacity='{Svg.N(dice.Between(0.4, 1))}'"
                                    )
                                );
                            }
                        }
                    }
                }

                x += w + dice.Between(-6, layer == 3 ? 34 : 14);
            }
        }

        s.Append(Svg.Rect(0, 690, 1600, 210, "url(#water)"));
        for (var i = 0; i < 90; i++)
        {
            var y = 696 + (Math.Pow(dice.Next(), 1.4) * 200);
            var near = dice.Next() < 0.5;
            var x = near ? dice.Between(940, 1220) : dice.Between(0, 1600);
            var w = dice.Between(20, 150) * (0.4 + ((y - 690) / 210));
            s.Append(
                Svg.Rect(
                    x - (w / 2),
                    y,
                    w,
                    3,
                    near ? "#ffe3b4" : "#2b2050",
                    $"rx='1.5' opacity='{Svg.N(dice.Between(0.25, 0.7))}'"
                )
            );
        }

        return s.Append(Svg.Vignette(0.3)).ToString();
    }

    public static string Wafer()
    {
        var s = new StringBuilder("<defs>")
            .Append(
                "<radialGradient id='bg' cx='0.62' cy='0.5' r='0.8'><stop offset='0' "
                    + "stop-color='#31405e'/><stop offset='1' stop-color='#0b0f1d'/></radialGradient>"
            )
            .Append("<clipPath id='disc'><circle cx='960' cy='470' r='560'/></clipPath>")
            .Append(
                Svg.Gradient(
                    "sheen",
                    0,
                    0,
                    1,
                    1,
                    "#ffffff/0",
                    "#ffffff/0.05",
                    "#ffffff/0.42",
                    "#ffffff/0.03",
                    "#ffffff/0.22",
                    "#ffffff/0"
                )
            )
            .Append(Svg.Gradient("rim", 0, 0, 1, 1, "#f7fbff", "#53627f", "#dfe8f5", "#39445c"))
            .Append(Svg.Blur("soft", 40))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#bg)"))
            .Append(Svg.Ellipse(930, 520, 590, 560, "#000", "opacity='0.55' filter='url(#soft)'"))
            .Append(Svg.Circle(960, 470, 572, "url(#rim)"))
            .Append(Svg.Circle(960, 470, 563, "#1c2233"))
            .Append("<g clip-path='url(#disc)'><g transform='rotate(-14 960 470)'>");
        const double w = 64;
        const double h = 48;
        for (var row = -13; row <= 13; row++)
        {
            for (var column = -10; column <= 10; column++)
            {
                var x = 960 + (column * w);
                var y = 470 + (row * h);
                var far = Math.Max(
                    Math.Max(Math.Sqrt(Sq(x - 960) + Sq(y - 470)), Math.Sqrt(Sq(x + w - 960) + Sq(y - 470))),
                    Math.Max(
                        Math.Sqrt(Sq(x - 960) + Sq(y + h - 470)),
                        Math.Sqrt(Sq(x + w - 960) + Sq(y + h - 470))
                    )
                );
                if (far > 545)
                {
                    continue;
                }

                var hue = 188 + (Math.Sin((column * 0.42) + (row * 0.25)) * 70) + (Math.Cos(row * 0.33) * 48);
                var light = 42 + (Math.Sin((column * 0.6) - (row * 0.45)) * 15);
                var marked =
                    (column == 3 && row == -2) || (column == -2 && row == 4) || (column == 1 && row == 6);
                s.Append(
                    Svg.Rect(
                        x + 2,
                        y + 2,
                        w - 4,
                        h - 4,
                        marked ? "#ff7a3d" : Svg.Hsl(hue, 52, light),
                        "rx='2'"
                    )
                );
                var detail = marked ? "#ffd0b0" : Svg.Hsl(hue + 30, 70, light + 22);
                s.Append(Svg.Rect(x + 7, y + 7, 22, 16, detail, "opacity='0.55'"))
                    .Append(Svg.Rect(x + 33, y + 7, 23, 7, detail, "opacity='0.35'"))
                    .Append(Svg.Rect(x + 33, y + 17, 23, 23, detail, "opacity='0.25'"))
                    .Append(Svg.Rect(x + 7, y + 27, 22, 4, detail, "opacity='0.6'"))
                    .Append(Svg.Rect(x + 7, y + 34, 22, 5, detail, "opacity='0.4'"));
            }
        }

        s.Append("</g>").Append(Svg.Rect(380, -110, 1160, 1160, "url(#sheen)")).Append("</g>");
        return s.Append(Svg.Vignette(0.45)).ToString();
    }

    private static double Sq(double v) => v * v;

    public static string ServerHall()
    {
        var dice = new Dice(404);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Radial("end", "#d8fbff", "#58c7dd/0.75", "#0a2b45/0"))
            .Append(Svg.Down("floor", "#0d3147", "#061420"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "#071521"));
        const double cx = 760;
        const double cy = 410;
        (double X, double Y) P(double x, double y, double z) => (cx + (x / z), cy + (y / z));
        // floor and ceiling
        s.Append(
            Svg.Polygon("url(#floor)", "", P(-760, 420, 1), P(840, 490, 1), P(840, 490, 12), P(-760, 490, 12))
        );
        for (var z = 1.0; z < 12; z *= 1.22)
        {
            var a = P(-620, 490, z);
            var b = P(620, 490, z);
            s.Append(
                Svg.Stroke(
                    $"M{Svg.N(a.X)} {Svg.N(a.Y)}L{Svg.N(b.X)} {Svg.N(b.Y)}",
                    "#2d7f98",
                    2.4 / z,
                    "opacity='0.6'"
                )
            );
            var (lx, ly) = P(-110, -410, z);
            var (rx, _) = P(110, -410, z);
            var (lx2, ly2) = P(-110, -410, z * 1.12);
            var (rx2, _) = P(110, -410, z * 1.12);
            s.Append(Svg.Polygon("#c9f6ff", "opacity='0.85'", (lx, ly), (rx, ly), (rx2, ly2), (lx2, ly2)));
        }

        for (var line = -4; line <= 4; line++)
        {
            var a = P(line * 140, 490, 0.9);
            var b = P(line * 140, 490, 12);
            s.Append(
                Svg.Stroke(
                    $"M{Svg.N(a.X)} {Svg.N(a.Y)}L{Svg.N(b.X)} {Svg.N(b.Y)}",
                    "#2d7f98",
                    1.4,
                    "opacity='0.45'"
                )
            );
        }

        // racks, far to near
        var depths = new List<double>();
        for (var z = 0.62; z < 9; z *= 1.25)
        {
            depths.Add(z);
        }

        depths.Reverse();
        foreach (var z in depths)
        {
            var z2 = z * 1.235;
            foreach (var side in new[] { -1, 1 })
            {
                var wall = side * 430.0;
                var glow = Math.Clamp((z - 0.6) / 7, 0, 1);
                var face = Svg.Hsl(203, 48, 10 + (glow * 34));
                s.Append(
                    Svg.Polygon(
                        face,
                        "stroke='#03101a' stroke-width='1.5'",
                        P(wall, -390, z),
                        P(wall, -390, z2),
                        P(wall, 450, z2),
                        P(wall, 450, z)
                    )
                );
                s.Append(
                    Svg.Polygon(
                        "#63d8ec",
                        $"opacity='{Svg.N(0.15 + (glow * 0.4))}'",
                        P(wall, -390, z2 * 0.985),
                        P(wall, -390, z2),
                        P(wall, 450, z2),
                        P(wall, 450, z2 * 0.985)
                    )
                );
                for (var unit = 0; unit < 19; unit++)
                {
                    var top = -360 + (unit * 42);
                    var za = z * 1.03;
                    var zb = z2 * 0.965;
                    s.Append(
                        Svg.Polygon(
                            Svg.Hsl(203, 46, 15 + (glow * 36) + (unit % 3)),
                            "",
                            P(wall, top, za),
                            P(wall, top, zb),
                            P(wall, top + 31, zb),
                            P(wall, top + 31, za)
                        )
                    );
                    for (var led = 0; led < 5; led++)
                    {
                        if (dice.Next() < 0.45)
                        {
                            continue;
                        }

                        var zl = za + ((zb - za) * (0.12 + (led * 0.17)));
                        var (x, y) = P(wall, top + 15, zl);
                        s.Append(
                            Svg.Circle(
                                x,
                                y,
                                Math.Max(0.7, 3.6 / z),
                                dice.Pick("#5ff0d0", "#5ff0d0", "#86e2ff", "#ffb454", "#ff6f61")
                            )
                        );
                    }
                }
            }
        }

        s.Append(Svg.Circle(cx, cy, 300, "url(#end)", "opacity='0.8'"));
        // one technician, for scale
        s.Append(Svg.Ellipse(790, 604, 60, 9, "#02090f", "opacity='0.6'"))
            .Append(
                Svg.Path(
                    "M764 602 L770 500 Q772 462 792 460 Q812 462 814 500 L820 602 L800 602 L793 525 L785 602z",
                    "#0a1b29"
                )
            )
            .Append(Svg.Circle(792, 440, 17, "#0a1b29"))
            .Append(Svg.Path("M808 486 L838 520 L832 527 L802 506z", "#0a1b29"))
            .Append(Svg.Rect(828, 508, 30, 20, "#bdf6ff", "transform='rotate(-12 843 518)'"));
        return s.Append(Svg.Vignette(0.5)).ToString();
    }

    public static string AssemblyDome()
    {
        var dice = new Dice(1832);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Down("sky", "#f6d9b0", "#f2b98d", "#e48a6d"))
            .Append(Svg.Gradient("dome", 0, 0, 1, 0, "#f9efe0", "#e9d3bb", "#8d5c66"))
            .Append(Svg.Gradient("wall", 0, 0, 1, 0, "#fff6ea", "#e7cdb4", "#9d6a6c"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#sky)"))
            .Append(Svg.Circle(1130, 330, 250, "#d9553f"))
            .Append(Svg.Circle(1130, 330, 330, "#d9553f", "opacity='0.18'"))
            .Append(Svg.Circle(1130, 330, 420, "#d9553f", "opacity='0.1'"));
        // distant town
        double x = 0;
        while (x < 1600)
        {
            var w = dice.Between(40, 110);
            var h = dice.Between(60, 190);
            s.Append(Svg.Rect(x, 700 - h, w, h + 10, "#c9705e", "opacity='0.55'"));
            if (dice.Next() < 0.4)
            {
                s.Append(
                    Svg.Polygon(
                        "#c9705e",
                        "opacity='0.55'",
                        (x, 700 - h),
                        (x + (w / 2), 660 - h),
                        (x + w, 700 - h)
                    )
                );
            }

            x += w + dice.Between(0, 14);
        }

        s.Append("<g>")
            .Append(Svg.Rect(735, 108, 10, 92, "#24304f"))
            .Append(Svg.Path("M745 110 q34 -14 62 2 t54 -4 v40 q-28 12 -56 0 t-60 6z", "#24507a"))
            .Append(Svg.Rect(704, 190, 72, 54, "url(#wall)"))
            .Append(Svg.Path("M700 192 q40 -46 80 0z", "#24304f"))
            .Append(Svg.Path("M510 430 C510 300 620 238 740 238 C860 238 970 300 970 430z", "url(#dome)"));
        foreach (var dx in new[] { -175, -115, -58, 0, 58, 115, 175 })
        {
            s.Append(
                Svg.Stroke(
                    $"M740 240 Q{740 + (dx * 1.12)} 290 {740 + (dx * 1.25)} 430",
                    "#b78b7c",
                    3,
                    "opacity='0.55'"
                )
            );
        }

        s.Append(Svg.Rect(494, 426, 492, 20, "#24304f")).Append(Svg.Rect(520, 446, 440, 64, "url(#wall)"));
        for (var i = 0; i < 11; i++)
        {
            s.Append(Svg.Path($"M{534 + (i * 38.6)} 510 v-36 a11 11 0 0 1 22 0 v36z", "#54405a"));
        }

        s.Append(Svg.Polygon("#fdf1e1", "", (420, 548), (740, 470), (1060, 548)))
            .Append(Svg.Polygon("#c99d87", "", (520, 540), (740, 488), (960, 540)))
            .Append(Svg.Rect(400, 546, 680, 22, "#f4dfc8"))
            .Append(Svg.Rect(120, 590, 1240, 160, "url(#wall)"))
            .Append(Svg.Rect(100, 574, 1280, 20, "#24304f"))
            .Append(Svg.Rect(420, 568, 640, 190, "#4b3852"));
        for (var i = 0; i < 9; i++)
        {
            var px = 432 + (i * 74.5);
            s.Append(Svg.Rect(px, 568, 24, 186, "#fbeedd"))
                .Append(Svg.Rect(px + 15, 568, 9, 186, "#c59a86"))
                .Append(Svg.Rect(px - 5, 566, 34, 10, "#fff6ea"))
                .Append(Svg.Rect(px - 5, 746, 34, 10, "#fff6ea"));
        }

        foreach (var start in new[] { 150, 1100 })
        {
            for (var i = 0; i < 5; i++)
            {
                s.Append(Svg.Rect(start + (i * 52), 622, 24, 96, "#54405a"));
                if ((i + start) % 3 == 0)
                {
                    s.Append(Svg.Rect(start + (i * 52), 622, 24, 96, "#ffcf7d"));
                }
            }
        }

        for (var i = 0; i < 5; i++)
        {
            s.Append(
                Svg.Rect(
                    390 - (i * 46),
                    756 + (i * 20),
                    700 + (i * 92),
                    20,
                    i % 2 == 0 ? "#f4dfc8" : "#dcb99f"
                )
            );
        }

        s.Append("</g>").Append(Svg.Rect(0, 856, 1600, 44, "#24304f"));
        for (var i = 0; i < 17; i++)
        {
            var px = dice.Between(60, 1540);
            var h = dice.Between(34, 50);
            s.Append(
                    Svg.Path(
                        $"M{Svg.N(px - 9)} 862 l3 {Svg.N(-h * 0.72)} q6 -8 12 0 l3 {Svg.N(h * 0.72)}z",
                        "#1a2340"
                    )
                )
                .Append(Svg.Circle(px, 862 - (h * 0.95), 6.5, "#1a2340"));
        }

        foreach (var (bx, by) in new[] { (330, 190), (380, 230), (290, 250), (1310, 150), (1360, 178) })
        {
            s.Append(Svg.Stroke($"M{bx - 16} {by - 6} q10 -8 16 6 q6 -14 16 -6", "#24304f", 3.5));
        }

        return s.ToString();
    }

    public static string OfficeWindows()
    {
        var dice = new Dice(9005);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Gradient("wall", 0, 0, 1, 1, "#27466b", "#172a48"))
            .Append(Svg.Down("lit", "#ffe7ae", "#f8b45c"))
            .Append(Svg.Down("dark", "#16283f", "#1e3b5c"))
            .Append(Svg.Down("cool", "#9fd2dc", "#4d8ea6"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#wall)"))
            .Append("<g transform='translate(-60 40) skewY(-4)'>");
        var clip = 0;
        for (var row = 0; row < 6; row++)
        {
            for (var column = 0; column < 10; column++)
            {
                var x = 20 + (column * 176);
                var y = -50 + (row * 186);
                var kind = dice.Next();
                var fill =
                    kind < 0.36 ? "url(#lit)"
                    : kind < 0.5 ? "url(#cool)"
                    : "url(#dark)";
                clip++;
                s.Append(
                        $"<clipPath id='c{clip}'><rect x='{x}' y='{y}' width='146' height='140'/></clipPath>"
                    )
                    .Append(Svg.Rect(x - 7, y - 7, 160, 154, "#10203a"))
                    .Append(Svg.Rect(x, y, 146, 140, fill))
                    .Append($"<g clip-path='url(#c{clip})'>");
                if (kind < 0.5)
                {
                    var ink = kind < 0.36 ? "#7c3b2e" : "#15384f";
                    switch (dice.Whole(0, 5))
                    {
                        case 0: // someone at a screen
                            s.Append(Svg.Rect(x, y + 108, 146, 5, ink))
                                .Append(Svg.Rect(x + 82, y + 74, 46, 30, ink))
                                .Append(Svg.Circle(x + 46, y + 62, 14, ink))
                                .Append(Svg.Path($"M{x + 22} {y + 112} q2 -34 24 -34 q22 0 25 34z", ink));
                            break;
                        case 1: // a plant
                            s.Append(Svg.Path($"M{x + 30} {y + 140} l5 -30 h26 l5 30z", ink));
                            for (var leaf = -3; leaf <= 3; leaf++)
                            {
                                s.Append(
                                    Svg.Ellipse(
                                        x + 48,
                                        y + 82,
                                        7,
                                        30,
                                        "#3f7a5a",
                                        $"transform='rotate({leaf * 22} {x + 48} {y + 112})'"
                                    )
                                );
                            }

                            break;
                        case 2: // a lamp
                            s.Append(Svg.Rect(x + 72, y, 3, 34, ink))
                                .Append(Svg.Path($"M{x + 50} {y + 54} l12 -22 h23 l12 22z", ink));
                            break;
                        case 3: // two people talking
                            s.Append(Svg.Circle(x + 44, y + 60, 13, ink))
                                .Append(Svg.Path($"M{x + 20} {y + 140} q0 -62 24 -62 q24 0 24 62z", ink))
                                .Append(Svg.Circle(x + 100, y + 54, 13, ink))
                                .Append(Svg.Path($"M{x + 76} {y + 140} q0 -68 24 -68 q24 0 24 68z", ink));
                            break;
                        case 4: // blinds
                            for (var slat = 0; slat < 9; slat++)
                            {
                                s.Append(Svg.Rect(x, y + (slat * 8), 146, 4, ink, "opacity='0.35'"));
                            }

                            break;
                        default: // shelves
                            for (var shelf = 0; shelf < 3; shelf++)
                            {
                                s.Append(Svg.Rect(x + 12, y + 44 + (shelf * 36), 122, 4, ink));
                                for (var book = 0; book < 9; book++)
                                {
                                    var h = dice.Between(14, 27);
                                    s.Append(
                                        Svg.Rect(
                                            x + 16 + (book * 12),
                                            y + 44 + (shelf * 36) - h,
                                            9,
                                            h,
                                            ink,
                                            $"opacity='{Svg.N(dice.Between(0.4, 0.9))}'"
                                        )
                                    );
                                }
                            }

                            break;
                    }
                }

                s.Append(
                        Svg.Polygon(
                            "#fff",
                            "opacity='0.07'",
                            (x, y + 140),
                            (x + 60, y),
                            (x + 104, y),
                            (x + 44, y + 140)
                        )
                    )
                    .Append("</g>");
                s.Append(Svg.Rect(x - 9, y + 142, 164, 9, "#3a5f89"));
            }
        }

        return s.Append("</g>").Append(Svg.Vignette(0.4)).ToString();
    }

    public static string UnderseaCable()
    {
        var dice = new Dice(777);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Down("air", "#fbe6c4", "#f5b99a"))
            .Append(Svg.Gradient("beam", 0, 0, 0, 1, "#c9fff4/0.4", "#c9fff4/0"))
            .Append(Svg.Blur("glow", 10))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#air)"))
            .Append(Svg.Circle(300, 150, 74, "#fff4d8"));
        // the ship
        s.Append("<g transform='translate(1010 112)'>")
            .Append(Svg.Path("M0 96 L300 96 L272 146 L26 146z", "#a93d37"))
            .Append(Svg.Rect(0, 88, 300, 10, "#f8f1e4"))
            .Append(Svg.Rect(186, 36, 74, 52, "#f8f1e4"))
            .Append(Svg.Rect(196, 10, 50, 28, "#f8f1e4"))
            .Append(Svg.Rect(202, 18, 38, 10, "#27506b"))
            .Append(Svg.Circle(92, 62, 30, "#27506b"))
            .Append(Svg.Circle(92, 62, 19, "#ff8b3d"))
            .Append(Svg.Circle(92, 62, 8, "#27506b"))
            .Append(Svg.Stroke("M150 88 L150 -16 L96 34", "#27506b", 5))
            .Append(Svg.Stroke("M150 -16 L186 40", "#27506b", 3))
            .Append("</g>");
        string[] waters = ["#5fc0bd", "#3aa3ab", "#23859a", "#166884", "#0f4d6c", "#0b3655", "#08233d"];
        for (var i = 0; i < waters.Length; i++)
        {
            var baseY = 236 + (i * 88) + (i * i * 2.2);
            var d = new StringBuilder($"M0 900 L0 {Svg.N(baseY)}");
            for (var x = 0; x <= 1600; x += 20)
            {
                var y =
                    baseY
                    + (Math.Sin((x / (150.0 + (i * 30))) + (i * 1.7)) * (13 + (i * 3)))
                    + (Math.Sin((x / 67.0) + i) * 4);
                d.Append($" L{x} {Svg.N(y)}");
            }

            s.Append(Svg.Path(d.Append(" L1600 900z").ToString(), waters[i]));
            if (i == 0)
            {
                foreach (var bx in new[] { 180, 420, 700, 1260 })
                {
                    s.Append(
                        Svg.Polygon(
                            "url(#beam)",
                            "opacity='0.5'",
                            (bx, 250),
                            (bx + 70, 250),
                            (bx + 10, 820),
                            (bx - 150, 820)
                        )
                    );
                }
            }
        }

        // seabed
        s.Append(
                Svg.Path("M0 900 L0 836 Q160 800 330 842 T720 832 T1130 848 T1600 812 L1600 900z", "#051628")
            )
            .Append(Svg.Path("M0 900 L0 866 Q260 840 520 872 T1100 870 T1600 850 L1600 900z", "#030d1a"));
        const string cable = "M1106 196 C1170 420 1010 470 820 560 S520 800 260 812 S60 822 -20 806";
        s.Append(Svg.Stroke(cable, "#ff8b3d", 26, "opacity='0.4' filter='url(#glow)'"))
            .Append(Svg.Stroke(cable, "#ff8b3d", 11))
            .Append(Svg.Stroke(cable, "#ffd9a8", 3));
        foreach (
            var (x, y, a) in new[] { (1036.0, 448.0, -35.0), (712.0, 626.0, -38.0), (432.0, 787.0, -16.0) }
        )
        {
            s.Append(Svg.Rect(x - 32, y - 15, 64, 30, "#fff1da", $"rx='15' transform='rotate({a} {x} {y})'"))
                .Append(Svg.Rect(x - 12, y - 15, 24, 30, "#ff8b3d", $"transform='rotate({a} {x} {y})'"));
        }

        for (var i = 0; i < 60; i++)
        {
            s.Append(
                Svg.Circle(
                    dice.Between(0, 1600),
                    dice.Between(320, 860),
                    dice.Between(1.5, 7),
                    "#c9fff4",
                    $"opacity='{Svg.N(dice.Between(0.1, 0.4))}'"
                )
            );
        }

        for (var i = 0; i < 26; i++)
        {
            var x = dice.Between(120, 700);
            var y = dice.Between(430, 560);
            s.Append(
                Svg.Path(
                    $"M{Svg.N(x)} {Svg.N(y)} q12 -9 24 0 l9 -7 v14 l-9 -7 q-12 9 -24 0z",
                    "#083a55",
                    "opacity='0.75'"
                )
            );
        }

        return s.Append(Svg.Vignette(0.25)).ToString();
    }

    public static string CircuitDelta()
    {
        var dice = new Dice(31);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Gradient("bg", 0, 0, 1, 1, "#04231f", "#083c38", "#0b2a3a"))
            .Append(Svg.Gradient("die", 0, 0, 1, 1, "#ffd27a", "#e0853a"))
            .Append(Svg.Blur("glow", 14))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#bg)"));
        for (var x = 20; x < 1600; x += 40)
        {
            for (var y = 20; y < 900; y += 40)
            {
                s.Append(Svg.Circle(x, y, 1.4, "#2c7c6c", "opacity='0.55'"));
            }
        }

        // traces fan out of the package on the left, forking towards the right
        var ends = new HashSet<(int, int)>();
        for (var i = 0; i < 15; i++)
        {
            double y = 306 + (i * 20);
            double x = 470;
            Branch(x, y, i - 7, i % 4 == 0 ? 3 : 2);
        }

        for (var i = 0; i < 15; i++)
        {
            var y = 306 + (i * 20);
            var bend = (i - 7) * 14;
            s.Append(
                Svg.Stroke(
                    $"M230 {y} H{170 - Math.Abs(bend / 2)} l-60 {bend} H-10",
                    "#2f9c86",
                    5,
                    "opacity='0.8'"
                )
            );
        }

        for (var i = 0; i < 11; i++)
        {
            var x = 250 + (i * 20);
            var bend = (i - 5) * 16;
            s.Append(
                    Svg.Stroke(
                        $"M{x} 330 V{236 - Math.Abs(bend / 3)} l{bend} -70 V-10",
                        "#2f9c86",
                        5,
                        "opacity='0.8'"
                    )
                )
                .Append(
                    Svg.Stroke(
                        $"M{x} 560 V{656 + Math.Abs(bend / 3)} l{bend} 70 V910",
                        "#2f9c86",
                        5,
                        "opacity='0.8'"
                    )
                );
        }

        s.Append(Svg.Rect(205, 300, 290, 290, "#ffb454", "opacity='0.5' filter='url(#glow)' rx='10'"))
            .Append(Svg.Rect(215, 296, 270, 298, "#0a1c22", "rx='10'"))
            .Append(Svg.Rect(255, 350, 190, 190, "url(#die)", "rx='4'"));
        for (var i = 0; i < 6; i++)
        {
            for (var j = 0; j < 6; j++)
            {
                s.Append(
                    Svg.Rect(
                        263 + (i * 30),
                        358 + (j * 30),
                        24,
                        24,
                        dice.Pick("#a9541f", "#fff0c4", "#c76a28", "#f3a94f"),
                        "opacity='0.55'"
                    )
                );
            }
        }

        return s.Append(Svg.Vignette(0.35)).ToString();

        void Branch(double x, double y, int lean, int depth)
        {
            var colour = dice.Pick("#3fd1a9", "#2fa98f", "#79e6c8", "#ffb454");
            var run = dice.Between(50, 190);
            var climb = lean * dice.Between(9, 17);
            climb = Math.Round(climb / 10) * 10;
            var x2 = x + run;
            var x3 = x2 + Math.Abs(climb);
            var y3 = y + climb;
            s.Append(
                Svg.Stroke(
                    $"M{Svg.N(x)} {Svg.N(y)} H{Svg.N(x2)} L{Svg.N(x3)} {Svg.N(y3)} H{Svg.N(x3 + 40)}",
                    colour,
                    3 + depth,
                    "opacity='0.9'"
                )
            );
            if (depth == 0 || x3 > 1400)
            {
                var end = x3 + 40 + dice.Between(20, 220);
                var cell = ((int)(end / 30), (int)(y3 / 24));
                s.Append(
                    Svg.Stroke(
                        $"M{Svg.N(x3 + 40)} {Svg.N(y3)} H{Svg.N(end)}",
                        colour,
                        3 + depth,
                        "opacity='0.9'"
                    )
                );
                if (ends.Add(cell))
                {
                    s.Append(Svg.Circle(end, y3, 10, colour)).Append(Svg.Circle(end, y3, 4.5, "#04231f"));
                }

                return;
            }

            Branch(x3 + 40, y3, lean, depth - 1);
            if (dice.Next() < 0.6)
            {
                Branch(x3 + 20, y3, lean + dice.Pick(-4, 4), depth - 1);
            }
        }
    }

    public static string FallingChart()
    {
        var s = new StringBuilder(Svg.Rect(0, 0, 1600, 900, "#f3ead9"));
        for (var i = 0; i < 9; i++)
        {
            s.Append(Svg.Rect(120, 130 + (i * 80), 1360, i == 8 ? 5 : 2, i == 8 ? "#1e2a44" : "#d8cbb2"));
        }

        int[] bars = [300, 340, 372, 420, 400, 470, 520, 498, 560, 592, 540, 430, 350, 268, 210, 160];
        for (var i = 0; i < bars.Length; i++)
        {
            var x = 146 + (i * 84);
            var falling = i >= 10;
            s.Append(Svg.Rect(x, 770 - bars[i], 54, bars[i], falling ? "#e4563f" : "#2f6d80"))
                .Append(Svg.Rect(x + 36, 770 - bars[i], 18, bars[i], falling ? "#c23f2c" : "#235565"))
                .Append(
                    Svg.Rect(x, 770 - (bars[i] * 0.34), 54, bars[i] * 0.34, falling ? "#8f2c22" : "#173c4b")
                );
        }

        int[] line = [640, 600, 620, 540, 500, 520, 430, 380, 330, 250, 200, 290, 350, 470, 560, 610];
        var d = string.Join(' ', line.Select((y, i) => $"{(i == 0 ? 'M' : 'L')}{173 + (i * 84)} {y - 40}"));
        s.Append(Svg.Stroke(d, "#f3ead9", 20)).Append(Svg.Stroke(d, "#1e2a44", 8));
        for (var i = 0; i < line.Length; i++)
        {
            s.Append(Svg.Circle(173 + (i * 84), line[i] - 40, 13, "#1e2a44"))
                .Append(Svg.Circle(173 + (i * 84), line[i] - 40, 6, i >= 10 ? "#e4563f" : "#f3b73f"));
        }

        // the peak, ringed
        s.Append(
            Svg.Circle(1013, 160, 46, "none", "stroke='#e4563f' stroke-width='7' stroke-dasharray='18 12'")
        );
        for (var i = 0; i < 16; i++)
        {
            s.Append(Svg.Rect(152 + (i * 84), 794, 42, 8, "#b9a988"))
                .Append(Svg.Rect(160 + (i * 84), 810, 26, 6, "#d3c5a8"));
        }

        return s.Append(Svg.Rect(120, 60, 250, 16, "#1e2a44"))
            .Append(Svg.Rect(120, 86, 160, 10, "#b9a988"))
            .ToString();
    }

    public static string Balance()
    {
        var s = new StringBuilder("<defs>")
            .Append(Svg.Gradient("bg", 0, 0, 1, 1, "#f4c95d", "#ec9f4b"))
            .Append(Svg.Gradient("ball", 0, 0, 1, 1, "#356b9c", "#16304f"))
            .Append(Svg.Gradient("red", 0, 0, 1, 1, "#f0684f", "#b5322c"))
            .Append(Svg.Gradient("post", 0, 0, 1, 0, "#fdf3de", "#cfae83"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#bg)"))
            .Append(Svg.Circle(800, 420, 520, "#f7d98b", "opacity='0.55'"))
            .Append(Svg.Circle(800, 420, 370, "#fae6b1", "opacity='0.6'"))
            .Append(Svg.Path("M0 900 L0 760 L1600 700 L1600 900z", "#1d2f4a"))
            .Append(
                Svg.Polygon(
                    "#0e1b2e",
                    "opacity='0.5'",
                    (700, 735),
                    (900, 728),
                    (1600, 830),
                    (1600, 900),
                    (1120, 900)
                )
            )
            .Append(Svg.Polygon("url(#post)", "", (780, 300), (820, 300), (880, 742), (720, 742)))
            .Append(Svg.Rect(640, 736, 320, 34, "#fdf3de", "rx='6'"))
            .Append(Svg.Rect(660, 704, 280, 34, "#e6cfa4", "rx='6'"))
            .Append("<g transform='rotate(9 800 300)'>")
            .Append(Svg.Rect(260, 286, 1080, 28, "#16304f", "rx='14'"))
            .Append("</g>")
            .Append(Svg.Circle(800, 300, 46, "#b5322c"))
            .Append(Svg.Circle(800, 300, 22, "#fdf3de"));
        // the light side: many small things; the heavy side: one large
        foreach (var (x, y) in new[] { (282.0, 218.0), (1318.0, 382.0) })
        {
            s.Append(Svg.Stroke($"M{x} {y} L{x - 150} {y + 210} M{x} {y} L{x + 150} {y + 210}", "#16304f", 5))
                .Append(Svg.Path($"M{x - 190} {y + 210} h380 q-30 90 -190 90 q-160 0 -190 -90z", "#16304f"))
                .Append(Svg.Path($"M{x} {y + 210} h190 q-30 90 -190 90z", "#0e1f36"))
                .Append(Svg.Circle(x, y, 17, "#fdf3de"));
        }

        s.Append(Svg.Circle(1318, 474, 122, "url(#ball)"))
            .Append(
                Svg.Path(
                    "M1228 432 a100 100 0 0 1 70 -56",
                    "none",
                    "stroke='#8fbbe0' stroke-width='12' stroke-linecap='round' opacity='0.7'"
                )
            );
        foreach (
            var (x, y, w, fill) in new[]
            {
                (170.0, 380.0, 48.0, "#2f8f83"),
                (222.0, 368.0, 60.0, "url(#red)"),
                (288.0, 384.0, 44.0, "#fdf3de"),
                (338.0, 372.0, 56.0, "#2f8f83"),
                (196.0, 322.0, 46.0, "#fdf3de"),
                (250.0, 308.0, 58.0, "#356b9c"),
                (316.0, 322.0, 48.0, "url(#red)"),
            }
        )
        {
            s.Append(Svg.Rect(x, y, w, 428 - y < 60 ? 428 - y : 58, fill, "rx='5'"));
        }

        return s.Append(Svg.Vignette(0.18)).ToString();
    }

    public static string SpeechBubbles()
    {
        var dice = new Dice(1212);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Gradient("bg", 0, 0, 1, 1, "#2a1a4a", "#51276b", "#8c3573"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#bg)"));
        for (var i = 0; i < 46; i++)
        {
            s.Append(
                Bubble(
                    dice.Between(-80, 1600),
                    dice.Between(-60, 900),
                    dice.Between(70, 170),
                    "#ffffff",
                    0.05,
                    dice.Next() < 0.5,
                    false
                )
            );
        }

        (double X, double Y, double W, string Fill, bool Left)[] bubbles =
        [
            (120, 110, 420, "#ffb454", true),
            (640, 60, 330, "#4fc3c7", false),
            (1050, 150, 430, "#ff6f61", false),
            (60, 470, 330, "#7ea6ff", true),
            (450, 390, 520, "#fff3dc", true),
            (1030, 500, 360, "#ffd166", false),
            (330, 690, 330, "#ef8fb8", true),
            (1220, 700, 330, "#4fc3c7", false),
            (800, 680, 330, "#a98bff", false),
        ];
        foreach (var (x, y, w, fill, left) in bubbles)
        {
            s.Append(Bubble(x + 14, y + 18, w, "#12071f", 0.35, left, false))
                .Append(Bubble(x, y, w, fill, 0.97, left, true));
        }

        // one of them is struck out
        s.Append(Svg.Rect(505, 445, 410, 26, "#1d1033"))
            .Append(Svg.Rect(505, 488, 330, 26, "#1d1033"))
            .Append(Svg.Rect(505, 531, 372, 26, "#1d1033"));
        return s.Append(Svg.Vignette(0.3)).ToString();

        string Bubble(double x, double y, double w, string fill, double opacity, bool left, bool lines)
        {
            var h = w * 0.46;
            var tail = left ? x + (w * 0.22) : x + (w * 0.78);
            var lean = left ? -w * 0.12 : w * 0.12;
            var b = new StringBuilder($"<g opacity='{Svg.N(opacity * 100)}%'>")
                .Append(Svg.Rect(x, y, w, h, fill, $"rx='{Svg.N(w * 0.09)}'"))
                .Append(
                    Svg.Polygon(
                        fill,
                        "",
                        (tail - (w * 0.07), y + h - 2),
                        (tail + (w * 0.07), y + h - 2),
                        (tail + lean, y + h + (w * 0.13))
                    )
                );
            if (lines && fill != "#fff3dc")
            {
                for (var i = 0; i < 4; i++)
                {
                    b.Append(
                        Svg.Rect(
                            x + (w * 0.11),
                            y + (h * (0.2 + (i * 0.17))),
                            w * dice.Between(0.4, 0.77),
                            h * 0.075,
                            "#1d1033",
                            "rx='4' opacity='0.55'"
                        )
                    );
                }
            }

            return b.Append("</g>").ToString();
        }
    }

    public static string CourierMap()
    {
        var dice = new Dice(88);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Blur("soft", 6))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "#efe6d6"));
        s.Append("<g transform='rotate(-11 800 450)'>");
        double y = -260;
        while (y < 1180)
        {
            var h = dice.Between(70, 132);
            double x = -260;
            while (x < 1880)
            {
                var w = dice.Between(80, 190);
                var fill = dice.Pick("#dcd0ba", "#e2d7c3", "#d5c7ae", "#e6dccb", "#dcd0ba", "#b9cfa6");
                s.Append(Svg.Rect(x, y, w, h, fill, "rx='5'"));
                if (fill == "#b9cfa6")
                {
                    for (var t = 0; t < 9; t++)
                    {
                        s.Append(
                            Svg.Circle(
                                x + dice.Between(12, w - 12),
                                y + dice.Between(12, h - 12),
                                dice.Between(5, 10),
                                "#8fb07c"
                            )
                        );
                    }
                }
                else
                {
                    for (var bx = x + 9; bx < x + w - 24; bx += 31)
                    {
                        s.Append(
                                Svg.Rect(
                                    bx,
                                    y + 9,
                                    23,
                                    dice.Between(16, (h / 2) - 14),
                                    "#c9b89b",
                                    "opacity='0.7'"
                                )
                            )
                            .Append(Svg.Rect(bx, y + h - 30, 23, 21, "#c9b89b", "opacity='0.55'"));
                    }
                }

                x += w + 15;
            }

            y += h + (dice.Next() < 0.25 ? 30 : 16);
        }

        s.Append("</g>");
        const string river = "M-40 610 C220 520 340 760 620 700 S980 420 1210 500 S1500 640 1660 520";
        s.Append(Svg.Stroke(river, "#f7f1e6", 134))
            .Append(Svg.Stroke(river, "#7db6c4", 112))
            .Append(Svg.Stroke(river, "#93c6d1", 60));
        foreach (
            var (bx, by, a) in new[] { (430.0, 690.0, 78.0), (905.0, 552.0, 58.0), (1300.0, 532.0, 100.0) }
        )
        {
            s.Append(Svg.Rect(bx - 90, by - 12, 180, 24, "#f7f1e6", $"transform='rotate({a} {bx} {by})'"));
        }

        (string D, string C)[] routes =
        [
            ("M170 230 L390 190 L420 345 L640 302 L690 470 L905 552 L990 700 L1210 655", "#d9432f"),
            ("M1440 170 L1230 210 L1255 345 L1060 382 L905 552 L770 590 L745 470", "#274a86"),
            ("M260 820 L430 690 L410 540 L640 495 L640 302", "#e7972f"),
        ];
        foreach (var (d, c) in routes)
        {
            s.Append(
                    Svg.Stroke(
                        d,
                        "#2a1d12",
                        17,
                        "opacity='0.25' filter='url(#soft)' transform='translate(4 8)'"
                    )
                )
                .Append(Svg.Stroke(d, "#fffaf0", 20))
                .Append(Svg.Stroke(d, c, 11));
        }

        foreach (
            var (px, py, c) in new[]
            {
                (170, 230, "#d9432f"),
                (1210, 655, "#d9432f"),
                (1440, 170, "#274a86"),
                (745, 470, "#274a86"),
                (260, 820, "#e7972f"),
                (640, 302, "#e7972f"),
            }
        )
        {
            s.Append(Svg.Ellipse(px + 6, py + 4, 26, 9, "#2a1d12", "opacity='0.35'"))
                .Append(
                    Svg.Path(
                        $"M{px} {py} C{px - 16} {py - 34} {px - 40} {py - 50} {px - 40} {py - 80} a40 "
                            + $"40 0 0 1 80 0 C{px + 40} {py - 50} {px + 16} {py - 34} {px} {py}z",
                        c
                    )
                )
                .Append(Svg.Circle(px, py - 80, 17, "#fffaf0"));
        }

        return s.Append(Svg.Vignette(0.16)).ToString();
    }

    public static string Reservoir()
    {
        var dice = new Dice(60);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Down("sky", "#cfe6e4", "#f5efd9", "#f8d9b4"))
            .Append(Svg.Down("lake", "#a6cbc6", "#5b97a0", "#27596b"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#sky)"))
            .Append(Svg.Circle(420, 230, 78, "#fff7df"));
        string[] hills = ["#b5cdc4", "#8fb2a9", "#66928c", "#3f6f70"];
        for (var i = 0; i < 4; i++)
        {
            var d = new StringBuilder("M0 620");
            for (var x = 0; x <= 1600; x += 40)
            {
                var y =
                    300
                    + (i * 66)
                    - (Math.Abs(Math.Sin((x / (250.0 + (i * 70))) + (i * 1.3))) * (150 - (i * 26)))
                    + dice.Between(-9, 9);
                d.Append($" L{x} {Svg.N(y)}");
            }

            s.Append(Svg.Path(d.Append(" L1600 620z").ToString(), hills[i]));
        }

        s.Append(Svg.Rect(0, 590, 1600, 310, "url(#lake)"));
        // the drawn-down shore: bands of dried ground
        s.Append(Svg.Path("M0 560 L1600 540 L1600 610 Q1200 640 800 612 T0 640z", "#d9b98d"))
            .Append(Svg.Path("M0 590 L1600 566 L1600 618 Q1200 648 800 620 T0 652z", "#c79f70"))
            .Append(Svg.Path("M0 616 L1600 590 L1600 626 Q1200 656 800 628 T0 664z", "#a97f58"));
        // the data centre
        s.Append("<g>")
            .Append(Svg.Polygon("#f4f1ea", "", (820, 440), (1330, 418), (1330, 566), (820, 584)))
            .Append(Svg.Polygon("#c4c9c6", "", (1330, 418), (1440, 446), (1440, 560), (1330, 566)))
            .Append(
                Svg.Polygon(
                    "#2f4858",
                    "",
                    (812, 432),
                    (1334, 408),
                    (1446, 438),
                    (1446, 448),
                    (1332, 420),
                    (812, 444)
                )
            );
        for (var i = 0; i < 15; i++)
        {
            var x = 838 + (i * 32.4);
            var top = 468 - (i * 1.35);
            s.Append(
                Svg.Polygon(
                    i % 5 == 2 ? "#e4853f" : "#8fa3a6",
                    "",
                    (x, top),
                    (x + 20, top - 0.8),
                    (x + 20, top + 84),
                    (x, top + 85)
                )
            );
            for (var k = 0; k < 6; k++)
            {
                s.Append(Svg.Rect(x, top + 8 + (k * 13), 20, 3, "#5d7376"));
            }
        }

        for (var i = 0; i < 4; i++)
        {
            var x = 880 + (i * 110);
            var y = 430 - (i * 5);
            s.Append(Svg.Path($"M{x} {y} l8 -46 h38 l8 46z", "#dfe3df"))
                .Append(Svg.Path($"M{x + 30} {y} l2 -46 h14 l8 46z", "#aab4b3"))
                .Append(Svg.Ellipse(x + 27, y - 46, 19, 5, "#7a8b8d"));
            for (var puff = 0; puff < 5; puff++)
            {
                s.Append(
                    Svg.Circle(
                        x + 30 + (puff * 20),
                        y - 66 - (puff * 24),
                        18 + (puff * 8),
                        "#ffffff",
                        $"opacity='{Svg.N(0.6 - (puff * 0.1))}'"
                    )
                );
            }
        }

        s.Append("</g>");
        for (var i = 0; i < 130; i++)
        {
            var y = 668 + (Math.Pow(dice.Next(), 1.3) * 230);
            var x = dice.Between(-40, 1600);
            var w = dice.Between(30, 180) * (0.3 + ((y - 650) / 260));
            var bright = x is > 800 and < 1420 && dice.Next() < 0.6;
            s.Append(
                Svg.Rect(
                    x,
                    y,
                    w,
                    3.5,
                    bright ? "#f7f3e8" : dice.Pick("#3c7684", "#bfe0da", "#1d4a5c"),
                    $"rx='2' opacity='{Svg.N(dice.Between(0.25, 0.6))}'"
                )
            );
        }

        // pines in front
        foreach (
            var (px, py, k) in new[]
            {
                (70.0, 900.0, 1.7),
                (190.0, 930.0, 1.35),
                (-20.0, 930.0, 1.5),
                (1530.0, 930.0, 1.6),
                (1430.0, 960.0, 1.2),
                (300.0, 960.0, 1.0),
            }
        )
        {
            for (var t = 0; t < 5; t++)
            {
                var w = (36 + (t * 24)) * k;
                var y = py - (330 * k) + (t * 58 * k);
                s.Append(
                    Svg.Polygon(
                        "#16353a",
                        "",
                        (px, y - (50 * k)),
                        (px + (w / 2), y + (40 * k)),
                        (px - (w / 2), y + (40 * k))
                    )
                );
            }
        }

        return s.ToString();
    }

    public static string Crowd()
    {
        var dice = new Dice(515);
        var s = new StringBuilder("<defs>")
            .Append(Svg.Down("bg", "#f9c784", "#f4845f", "#c8385a"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#bg)"));
        for (var i = 0; i < 13; i++)
        {
            var a = (i * 27.0) - 8;
            s.Append(
                Svg.Polygon(
                    "#fff0cf",
                    "opacity='0.13'",
                    (800, 900),
                    (800 + (1500 * Math.Cos(a * Math.PI / 180)), 900 - (1500 * Math.Sin(a * Math.PI / 180))),
                    (
                        800 + (1500 * Math.Cos((a + 12) * Math.PI / 180)),
                        900 - (1500 * Math.Sin((a + 12) * Math.PI / 180))
                    )
                )
            );
        }

        string[] skins = ["#f2c6a0", "#c98a5e", "#8d5a3b", "#5f3a2a", "#e3ab7d", "#a86e48"];
        string[] coats =
        [
            "#22395b",
            "#2f7f86",
            "#f0e4cf",
            "#7b2d4f",
            "#e6a23c",
            "#3b2b52",
            "#d95b43",
            "#4f7d5c",
        ];
        string[] hairs = ["#1f1a24", "#4a2c22", "#a5562f", "#d8d2c8", "#2d2238", "#7b4b2a"];
        for (var row = 0; row < 5; row++)
        {
            var scale = 0.62 + (row * 0.2);
            var y = 410 + (row * 112);
            var x = -40.0 + (row % 2 * 60);
            while (x < 1680)
            {
                var px = x + dice.Between(-12, 12);
                var py = y + dice.Between(-18, 18);
                if (row < 4 && dice.Next() < 0.17)
                {
                    var board = dice.Pick("#fff7e6", "#fff7e6", "#22395b", "#f6d365");
                    var tilt = dice.Between(-9, 9);
                    s.Append($"<g transform='rotate({Svg.N(tilt)} {Svg.N(px)} {Svg.N(py)})'>")
                        .Append(
                            Svg.Rect(px + (40 * scale), py - (215 * scale), 8 * scale, 260 * scale, "#6b4128")
                        )
                        .Append(
                            Svg.Rect(
                                px - (30 * scale),
                                py - (285 * scale),
                                150 * scale,
                                105 * scale,
                                board,
                                "rx='4'"
                            )
                        )
                        .Append(
                            Svg.Rect(
                                px - (12 * scale),
                                py - (262 * scale),
                                112 * scale,
                                13 * scale,
                                board == "#22395b" ? "#f6d365" : "#c8385a"
                            )
                        )
                        .Append(
                            Svg.Rect(
                                px - (12 * scale),
                                py - (236 * scale),
                                82 * scale,
                                13 * scale,
                                board == "#22395b" ? "#f6d365" : "#22395b"
                            )
                        )
                        .Append("</g>");
                }

                var skin = dice.Pick(skins);
                var coat = dice.Pick(coats);
                var hair = dice.Pick(hairs);
                var r = 34 * scale;
                s.Append(
                        Svg.Path(
                            $"M{Svg.N(px - (82 * scale))} {Svg.N(py + (210 * scale))} "
                                + $"C{Svg.N(px - (84 * scale))} {Svg.N(py + (80 * scale))} "
                                + $"{Svg.N(px - (50 * scale))} {Svg.N(py + (52 * scale))} {Svg.N(px)} "
                                + $"{Svg.N(py + (50 * scale))} C{Svg.N(px + (50 * scale))} "
                                + $"{Svg.N(py + (52 * scale))} {Svg.N(px + (84 * scale))} "
                                + $"{Svg.N(py + (80 * scale))} {Svg.N(px + (82 * scale))} "
                                + $"{Svg.N(py + (210 * scale))}z",
                            coat
                        )
                    )
                    .Append(
                        Svg.Rect(
                            px - (13 * scale),
                            py + (18 * scale),
                            26 * scale,
                            46 * scale,
                            skin,
                            $"rx='{Svg.N(12 * scale)}'"
                        )
                    );
                var style = dice.Whole(0, 3);
                if (style == 0)
                {
                    s.Append(Svg.Rect(px - (r * 1.15), py - r, r * 2.3, r * 2.5, hair, $"rx='{Svg.N(r)}'"));
                }

                s.Append(Svg.Ellipse(px, py, r * 0.92, r * 1.12, skin));
                s.Append(
                    style switch
                    {
                        1 => Svg.Path(
                            $"M{Svg.N(px - (r * 1.02))} {Svg.N(py)} A{Svg.N(r)} {Svg.N(r * 1.2)} 0 0 1 "
                                + $"{Svg.N(px + (r * 1.02))} {Svg.N(py)} Q{Svg.N(px)} {Svg.N(py - (r * 0.7))} "
                                + $"{Svg.N(px - (r * 1.02))} {Svg.N(py)}z",
                            hair
                        ),
                        2 => Svg.Circle(px, py - (r * 1.35), r * 0.5, hair)
                            + Svg.Path(
                                $"M{Svg.N(px - r)} {Svg.N(py - (r * 0.1))} A{Svg.N(r)} {Svg.N(r * 1.2)} "
                                    + $"0 0 1 {Svg.N(px + r)} {Svg.N(py - (r * 0.1))} Q{Svg.N(px)} "
                                    + $"{Svg.N(py - r)} {Svg.N(px - r)} {Svg.N(py - (r * 0.1))}z",
                                hair
                            ),
                        3 => Svg.Path(
                            $"M{Svg.N(px - (r * 1.05))} {Svg.N(py - (r * 0.2))} A{Svg.N(r)} "
                                + $"{Svg.N(r * 1.15)} 0 0 1 {Svg.N(px + (r * 1.05))} {Svg.N(py - (r * 0.2))}z",
                            coat
                        ) + Svg.Rect(px - (r * 1.15), py - (r * 0.34), r * 2.3, r * 0.28, hair, "rx='4'"),
                        _ => Svg.Path(
                            $"M{Svg.N(px - r)} {Svg.N(py - (r * 0.1))} A{Svg.N(r)} {Svg.N(r * 1.2)} 0 0 "
                                + $"1 {Svg.N(px + r)} {Svg.N(py - (r * 0.1))} Q{Svg.N(px + (r * 0.4))} "
                                + $"{Svg.N(py - r)} {Svg.N(px - r)} {Svg.N(py - (r * 0.1))}z",
                            hair
                        ),
                    }
                );
                x += 150 * scale;
            }

            s.Append(Svg.Rect(0, 0, 1600, 900, "#f4845f", $"opacity='{Svg.N(0.13 - (row * 0.03))}'"));
        }

        return s.Append(Svg.Vignette(0.22)).ToString();
    }

    public static string Orbits()
    {
        var dice = new Dice(2049);
        var s = new StringBuilder("<defs>")
            .Append(
                "<radialGradient id='space' cx='0.5' cy='1' r='1.1'><stop offset='0' "
                    + "stop-color='#27406f'/><stop offset='0.6' stop-color='#101a3b'/><stop offset='1' "
                    + "stop-color='#070a1c'/></radialGradient>"
            )
            .Append(Svg.Down("globe", "#9be0e4", "#3b8fb3", "#17416f"))
            .Append(Svg.Blur("air", 26))
            .Append("<clipPath id='planet'><circle cx='800' cy='1500' r='920'/></clipPath>")
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#space)"));
        for (var i = 0; i < 190; i++)
        {
            s.Append(
                Svg.Circle(
                    dice.Between(0, 1600),
                    dice.Between(0, 640),
                    dice.Between(0.5, 2.2),
                    dice.Pick("#fff", "#cfe3ff", "#ffe9c9"),
                    $"opacity='{Svg.N(dice.Between(0.2, 1))}'"
                )
            );
        }

        s.Append(Svg.Circle(800, 1500, 945, "#7fe0f0", "opacity='0.55' filter='url(#air)'"))
            .Append(Svg.Circle(800, 1500, 920, "url(#globe)"))
            .Append("<g clip-path='url(#planet)'>");
        foreach (
            var d in new[]
            {
                "M260 760 Q330 690 470 680 T640 640 Q700 690 640 740 T520 860 L300 900z",
                "M820 640 Q930 600 1040 640 T1220 720 Q1260 790 1180 830 T980 900 L860 900 Q900 820 840 760z",
                "M690 800 q60 -20 90 20 t-20 80 h-90z",
            }
        )
        {
            s.Append(Svg.Path(d, "#e9d7a2", "opacity='0.8'"))
                .Append(Svg.Path(d, "#7fae7b", "opacity='0.55' transform='translate(6 12)'"));
        }

        for (var i = 0; i < 26; i++)
        {
            s.Append(
                Svg.Ellipse(
                    dice.Between(150, 1450),
                    dice.Between(640, 890),
                    dice.Between(50, 150),
                    dice.Between(4, 9),
                    "#fff",
                    $"opacity='{Svg.N(dice.Between(0.2, 0.55))}'"
                )
            );
        }

        s.Append("</g>");
        (double R, string C, double[] Angles)[] rings =
        [
            (1010, "#ffb454", [-113, -101, -88, -76, -66]),
            (1120, "#ff7d6b", [-118, -107, -95, -81, -69]),
            (1240, "#8fd6ff", [-112, -99, -86, -74]),
        ];
        foreach (var (r, c, angles) in rings)
        {
            s.Append(
                Svg.Circle(
                    800,
                    1500,
                    r,
                    "none",
                    $"stroke='{c}' stroke-width='2.5' stroke-dasharray='3 11' opacity='0.75'"
                )
            );
            foreach (var a in angles)
            {
                var x = 800 + (r * Math.Cos(a * Math.PI / 180));
                var y = 1500 + (r * Math.Sin(a * Math.PI / 180));
                var big = 0.75 + ((r - 1000) / 480);
                s.Append(
                        $"<g transform='translate({Svg.N(x)} {Svg.N(y)}) "
                            + $"rotate({Svg.N(a + 90 + dice.Between(-16, 16))}) scale({Svg.N(big)})'>"
                    )
                    .Append(Svg.Rect(-62, -13, 42, 26, "#3a62b8", "stroke='#a9c6ff' stroke-width='2'"))
                    .Append(Svg.Rect(20, -13, 42, 26, "#3a62b8", "stroke='#a9c6ff' stroke-width='2'"))
                    .Append(Svg.Stroke("M-48 -13 V13 M-34 -13 V13 M34 -13 V13 M48 -13 V13", "#a9c6ff", 1.5))
                    .Append(Svg.Rect(-20, -3, 40, 6, "#d8dfee"))
                    .Append(Svg.Rect(-14, -17, 28, 34, "#f4ead2", "rx='4'"))
                    .Append(Svg.Rect(2, -17, 12, 34, "#c9b98f", "rx='4'"))
                    .Append(Svg.Path("M-12 24 a12 12 0 0 1 24 0z", c))
                    .Append("</g>");
            }
        }

        return s.Append(Svg.Vignette(0.3)).ToString();
    }

    public static string Pylons()
    {
        var s = new StringBuilder("<defs>")
            .Append(Svg.Down("sky", "#2b3467", "#7a4b86", "#e0728a", "#fbb97c"))
            .Append(Svg.Down("field", "#5a3b62", "#241d3f"))
            .Append(Svg.Radial("sun", "#fff3cf", "#ffd38f/0.6", "#ffb27a/0"))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#sky)"))
            .Append(Svg.Circle(420, 610, 330, "url(#sun)"))
            .Append(Svg.Circle(420, 610, 80, "#fff3cf"));
        foreach (var (y, o) in new[] { (180, 0.16), (260, 0.2), (330, 0.26), (420, 0.3) })
        {
            s.Append(
                    Svg.Path(
                        $"M{y * 2} {y} q160 -34 330 -6 t380 4 q-190 30 -390 20 t-320 -18z",
                        "#ffd9c0",
                        $"opacity='{o}'"
                    )
                )
                .Append(
                    Svg.Path(
                        $"M{y - 200} {y + 60} q140 -26 300 -4 t300 2 q-160 24 -330 14 t-270 -12z",
                        "#ffd9c0",
                        $"opacity='{o}'"
                    )
                );
        }

        s.Append(Svg.Path("M0 640 Q300 590 620 640 T1200 626 T1600 640 L1600 700 L0 700z", "#6b4370"))
            .Append(Svg.Path("M0 672 Q360 640 760 676 T1600 660 L1600 900 L0 900z", "url(#field)"));
        for (var i = 0; i < 12; i++)
        {
            s.Append(
                Svg.Stroke(
                    $"M{-900 + (i * 280)} 900 Q{-120 + (i * 120)} 760 {330 + (i * 18)} 668",
                    "#8a5a80",
                    3,
                    "opacity='0.35'"
                )
            );
        }

        (double X, double Y, double K)[] towers =
        [
            (470, 668, 0.17),
            (560, 676, 0.27),
            (690, 692, 0.43),
            (900, 726, 0.7),
            (1270, 800, 1.2),
        ];
        (double X, double Y)[] arms =
        [
            (-150, -470),
            (150, -470),
            (-190, -380),
            (190, -380),
            (-150, -290),
            (150, -290),
        ];
        for (var i = 0; i < towers.Length - 1; i++)
        {
            foreach (var (ax, ay) in arms)
            {
                var a = (X: towers[i].X + (ax * towers[i].K), Y: towers[i].Y + ((ay + 32) * towers[i].K));
                var b = (
                    X: towers[i + 1].X + (ax * towers[i + 1].K),
                    Y: towers[i + 1].Y + ((ay + 32) * towers[i + 1].K)
                );
                s.Append(Wire(a.X, a.Y, b.X, b.Y, 34 * towers[i + 1].K, 3.2 * towers[i + 1].K));
            }
        }

        foreach (var (ax, ay) in arms)
        {
            s.Append(
                Wire(1270 + (ax * 1.2), 800 + ((ay + 32) * 1.2), 2100 + (ax * 2.2), 900 + (ay * 2.4), 70, 4.6)
            );
        }

        foreach (var (x, y, k) in towers)
        {
            s.Append($"<g transform='translate({x} {y}) scale({k})'>")
                .Append(
                    Svg.Stroke("M-92 0 L-34 -250 L-24 -500 L0 -560 L24 -500 L34 -250 L92 0", "#1a1433", 11)
                )
                .Append(
                    Svg.Stroke(
                        "M-92 0 L62 -130 M92 0 L-62 -130 M-62 -130 L34 -250 M62 -130 L-34 -250 M-62 "
                            + "-130 H62 M-34 -250 H34 M-34 -250 L30 -340 M34 -250 L-30 -340 M-30 -340 L26 "
                            + "-430 M30 -340 L-26 -430 M-26 -430 L22 -500 M26 -430 L-22 -500",
                        "#1a1433",
                        6
                    )
                );
            foreach (var (ax, ay) in arms)
            {
                var inner = Math.Sign(ax) * 28;
                s.Append(Svg.Stroke($"M{inner} {ay + 4} L{ax} {ay} L{inner} {ay - 34}", "#1a1433", 7))
                    .Append(Svg.Stroke($"M{ax} {ay} v30", "#e9c9b5", 7, "stroke-dasharray='3 9'"));
            }

            s.Append("</g>");
        }

        return s.Append(Svg.Vignette(0.3)).ToString();

        static string Wire(double x1, double y1, double x2, double y2, double sag, double width) =>
            Svg.Stroke(
                $"M{Svg.N(x1)} {Svg.N(y1)} Q{Svg.N((x1 + x2) / 2)} {Svg.N(((y1 + y2) / 2) + sag)} "
                    + $"{Svg.N(x2)} {Svg.N(y2)}",
                "#1a1433",
                Math.Max(0.8, width)
            );
    }

    public static string Vault()
    {
        var dice = new Dice(4096);
        var s = new StringBuilder("<defs>")
            .Append(
                "<radialGradient id='bg' r='0.8'><stop offset='0' stop-color='#1f6a73'/><stop "
                    + "offset='0.55' stop-color='#123f4f'/><stop offset='1' stop-color='#08202e'/>"
                    + "</radialGradient>"
            )
            .Append(Svg.Gradient("plate", 0, 0, 1, 1, "#fbe3ad", "#d8963f", "#8e5527"))
            .Append(Svg.Blur("soft", 18))
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 1600, 900, "url(#bg)"));
        for (var ring = 0; ring < 13; ring++)
        {
            var r = 190 + (ring * 52.0);
            var c = dice.Pick("#2f9aa0", "#5bc3bd", "#f0a94a", "#d9edd9", "#1b6e7c", "#e2693f");
            var a = dice.Between(0, 360);
            for (var piece = 0; piece < 3; piece++)
            {
                var sweep = dice.Between(38, 96);
                s.Append(Arc(r, a, a + sweep, c, ring % 3 == 0 ? 22 : 11, 0.9 - (ring * 0.045)));
                a += sweep + dice.Between(14, 44);
            }

            s.Append(Svg.Circle(800, 450, r, "none", "stroke='#9fe0da' stroke-width='1.5' opacity='0.2'"));
        }

        s.Append(Svg.Circle(812, 470, 170, "#031018", "opacity='0.6' filter='url(#soft)'"))
            .Append(Svg.Circle(800, 450, 158, "url(#plate)"))
            .Append(Svg.Circle(800, 450, 132, "none", "stroke='#7b4720' stroke-width='4' opacity='0.6'"));
        for (var i = 0; i < 24; i++)
        {
            var a = i * 15 * Math.PI / 180;
            s.Append(Svg.Circle(800 + (145 * Math.Cos(a)), 450 + (145 * Math.Sin(a)), 4.5, "#7b4720"));
        }

        s.Append(Svg.Circle(800, 422, 40, "#0a1c26"))
            .Append(Svg.Path("M782 440 L818 440 L838 536 L762 536z", "#0a1c26"));
        return s.Append(Svg.Vignette(0.4)).ToString();

        static string Arc(double r, double from, double to, string colour, double width, double opacity)
        {
            var (a, b) = (from * Math.PI / 180, to * Math.PI / 180);
            return Svg.Stroke(
                $"M{Svg.N(800 + (r * Math.Cos(a)))} {Svg.N(450 + (r * Math.Sin(a)))} A{Svg.N(r)} "
                    + $"{Svg.N(r)} 0 {(to - from > 180 ? 1 : 0)} 1 {Svg.N(800 + (r * Math.Cos(b)))} "
                    + $"{Svg.N(450 + (r * Math.Sin(b)))}",
                colour,
                width,
                $"opacity='{Svg.N(opacity * 100)}%'"
            );
        }
    }
}

/// <summary>A geometric portrait: ground, shoulders, neck, head, hair; half of the face in shade.</summary>
sealed record Sitter(
    string Ground,
    string Ground2,
    string Skin,
    string Shade,
    string Hair,
    string Coat,
    string Collar,
    string Style,
    bool Glasses = false,
    bool Beard = false,
    string? Earring = null
);

static class Portraits
{
    public static readonly Sitter Mara = new(
        "#f2b950",
        "#e98b4a",
        "#f3cda9",
        "#d99f78",
        "#c9562c",
        "#22395b",
        "#f6efe0",
        "bob",
        Earring: "#22395b"
    );
    public static readonly Sitter Tomas = new(
        "#2f8f8a",
        "#1b5f6e",
        "#8a5637",
        "#673d26",
        "#1b1620",
        "#f0e2c8",
        "#d9553f",
        "short",
        Beard: true
    );
    public static readonly Sitter Priya = new(
        "#7b3f73",
        "#4c2657",
        "#b97b52",
        "#925a3a",
        "#17121d",
        "#e6a23c",
        "#7a2540",
        "long",
        Glasses: true
    );
    public static readonly Sitter Jonah = new(
        "#9cc3cf",
        "#5f93ad",
        "#f0c8a6",
        "#d19a76",
        "#d9c08a",
        "#39456b",
        "#ffffff",
        "side",
        Glasses: true,
        Beard: true
    );
    public static readonly Sitter Renee = new(
        "#ef8f7a",
        "#d2565f",
        "#e0ac80",
        "#b9805a",
        "#4b2a20",
        "#20575c",
        "#f4e6cf",
        "bun",
        Earring: "#f4c95d"
    );
    public static readonly Sitter Dov = new(
        "#c9d3a5",
        "#8fa672",
        "#e9bd95",
        "#c48f69",
        "#8b8a8f",
        "#5b2d3d",
        "#efe3cf",
        "bald",
        Glasses: true,
        Beard: true
    );
    public static readonly Sitter Sunniva = new(
        "#b9a6e0",
        "#7b6bbd",
        "#f3d0ac",
        "#d6a37d",
        "#1d1a26",
        "#e2693f",
        "#fbeedb",
        "fringe"
    );
    public static readonly Sitter Oskar = new(
        "#f4d58d",
        "#d99a4e",
        "#6b422d",
        "#4c2d1f",
        "#17130f",
        "#2f6d52",
        "#f3ead6",
        "afro",
        Glasses: true
    );

    public static string Draw(Sitter p)
    {
        var s = new StringBuilder("<defs>")
            .Append(Svg.Gradient("ground", 0, 0, 1, 1, p.Ground, p.Ground2))
            .Append(
                "<clipPath id='face'><path d='M196 250 C196 150 240 120 300 120 C360 120 404 150 404 "
                    + "250 C404 340 362 400 300 400 C238 400 196 340 196 250z'/></clipPath>"
            )
            .Append("</defs>")
            .Append(Svg.Rect(0, 0, 600, 600, "url(#ground)"))
            .Append(Svg.Circle(430, 190, 250, "#fff", "opacity='0.13'"))
            .Append(Svg.Polygon("#000", "opacity='0.07'", (0, 600), (0, 330), (330, 600)));
        s.Append(
            p.Style switch
            {
                "bob" => Svg.Path(
                    "M160 270 C150 130 220 82 304 84 C392 84 452 140 442 280 L446 392 Q400 420 372 392 "
                        + "L230 392 Q196 420 154 392z",
                    p.Hair
                ),
                "long" => Svg.Path(
                    "M164 260 C156 124 230 78 304 80 C388 82 446 136 438 270 L462 560 L380 600 L212 600 L138 560z",
                    p.Hair
                ),
                "bun" => Svg.Circle(300, 74, 62, p.Hair)
                    + Svg.Path(
                        "M180 260 C170 138 230 98 300 98 C370 98 430 138 420 260 L412 310 L188 310z",
                        p.Hair
                    ),
                "fringe" => Svg.Path(
                    "M158 262 C150 122 226 80 300 80 C374 80 450 122 442 262 L440 470 Q404 486 384 466 "
                        + "L216 466 Q196 486 160 470z",
                    p.Hair
                ),
                "afro" => Svg.Circle(300, 196, 164, p.Hair)
                    + Svg.Circle(184, 226, 74, p.Hair)
                    + Svg.Circle(416, 226, 74, p.Hair),
                _ => "",
            }
        );
        // shoulders, collar, neck
        s.Append(Svg.Path("M40 600 C44 500 110 462 214 444 L386 444 C490 462 556 500 560 600z", p.Coat))
            .Append(
                Svg.Path("M300 600 L300 470 L386 444 C490 462 556 500 560 600z", "#000", "opacity='0.14'")
            )
            .Append(Svg.Path("M206 446 L300 560 L394 446 L372 430 L228 430z", p.Collar))
            .Append(Svg.Path("M244 360 L244 446 Q300 520 356 446 L356 360z", p.Skin))
            .Append(
                Svg.Path(
                    "M244 380 Q300 440 356 370 L356 446 Q330 480 300 484 L300 430 Q268 424 244 404z",
                    p.Shade
                )
            );
        // ears, head, shade
        s.Append(Svg.Ellipse(194, 268, 20, 32, p.Skin))
            .Append(Svg.Ellipse(406, 268, 20, 32, p.Shade))
            .Append(
                Svg.Path(
                    "M196 250 C196 150 240 120 300 120 C360 120 404 150 404 250 C404 340 362 400 300 "
                        + "400 C238 400 196 340 196 250z",
                    p.Skin
                )
            )
            .Append("<g clip-path='url(#face)'>")
            .Append(
                Svg.Path(
                    "M312 100 L312 216 L334 302 L306 312 L310 420 L420 420 L420 100z",
                    p.Shade,
                    "opacity='0.75'"
                )
            );
        if (p.Beard)
        {
            s.Append(
                    Svg.Path(
                        "M190 268 L214 300 Q226 330 262 324 Q300 312 338 324 Q374 330 386 300 L410 268 "
                            + "L410 420 L190 420z",
                        p.Hair
                    )
                )
                .Append(
                    Svg.Path(
                        "M300 318 Q338 318 386 300 L410 268 L410 420 L300 420z",
                        "#000",
                        "opacity='0.16'"
                    )
                );
        }

        s.Append("</g>");
        // brows, eyes, mouth
        s.Append(Svg.Stroke("M228 226 Q250 212 274 222", p.Hair, 8))
            .Append(Svg.Stroke("M326 222 Q350 212 372 226", p.Hair, 8))
            .Append(Svg.Ellipse(252, 252, 8, 9, "#1b1620"))
            .Append(Svg.Ellipse(349, 252, 8, 9, "#1b1620"))
            .Append(Svg.Stroke("M272 350 Q302 366 330 348", p.Beard ? "#f1d2c0" : "#8e3b33", 7));
        s.Append(
            p.Style switch
            {
                "bob" => Svg.Path(
                    "M176 268 C170 150 230 96 312 98 C390 102 434 150 424 268 C410 220 390 190 350 168 "
                        + "C300 200 220 200 176 268z",
                    p.Hair
                ),
                "long" => Svg.Path(
                    "M300 92 C372 92 428 140 422 290 C400 230 366 170 300 136 C234 170 200 230 178 290 "
                        + "C172 140 228 92 300 92z",
                    p.Hair
                ),
                "bun" => Svg.Path(
                    "M186 252 C182 152 236 104 300 104 C364 104 418 152 414 252 C392 196 350 164 300 "
                        + "164 C250 164 208 196 186 252z",
                    p.Hair
                ),
                "fringe" => Svg.Path(
                    "M176 300 C166 140 230 92 300 92 C370 92 434 140 424 300 L404 214 L196 214z",
                    p.Hair
                ),
                "short" => Svg.Path(
                    "M184 246 C176 140 232 92 304 92 C376 92 424 140 416 246 L398 196 Q300 150 202 196z",
                    p.Hair
                ),
                "side" => Svg.Path(
                    "M184 250 C164 130 240 76 330 92 C400 98 430 160 416 250 L396 190 C340 196 270 186 "
                        + "232 156 Q206 190 204 214z",
                    p.Hair
                ),
                "afro" => Svg.Path(
                    "M188 240 C186 150 240 112 300 112 C360 112 414 150 412 240 Q390 172 300 166 Q210 172 188 240z",
                    p.Hair
                ),
                "bald" => Svg.Path("M184 262 C176 226 184 196 200 182 L206 244z", p.Hair)
                    + Svg.Path("M416 262 C424 226 416 196 400 182 L394 244z", p.Hair),
                _ => "",
            }
        );
        if (p.Glasses)
        {
            s.Append(
                    Svg.Circle(
                        250,
                        254,
                        39,
                        "#ffffff",
                        "fill-opacity='0.16' stroke='#1b1620' stroke-width='7'"
                    )
                )
                .Append(
                    Svg.Circle(
                        350,
                        254,
                        39,
                        "#ffffff",
                        "fill-opacity='0.16' stroke='#1b1620' stroke-width='7'"
                    )
                )
                .Append(
                    Svg.Stroke("M289 250 Q300 242 311 250 M211 250 L190 244 M389 250 L410 244", "#1b1620", 7)
                );
        }

        if (p.Earring is { } gold)
        {
            s.Append(Svg.Circle(192, 312, 11, gold)).Append(Svg.Circle(408, 312, 11, gold));
        }

        return s.ToString();
    }
}
