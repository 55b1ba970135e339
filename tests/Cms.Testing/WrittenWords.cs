namespace Cms.Testing;

/// <summary>
/// Words as newsrooms write them, what readers type to find them, and what must not find them. Alternatives stand
/// between bars.
/// </summary>
internal static class WrittenWords
{
    public static readonly (string Text, string Found, string NotFound)[] All =
    [
        // Hyphens and digits.
        ("F-16 jets leave", "F-16|f16|16|F‑16|f–16|F 16", "F-1|F-15|f1|116"),
        ("the F16 fleet", "F16|F-16|f 16|16", "F-15|61"),
        ("COVID-19 wards", "COVID-19|covid19|covid 19|covid|19|COVID‑19", "covid-20|covi"),
        ("Covid 19 returned", "covid-19|covid19|Covid 19", "covid-18"),
        ("a MiG-29 crashed", "mig-29|mig29|MiG 29|29", "mig-2|MiG-31"),
        ("the T-34 tank", "t-34|T34|34", "T-35"),
        ("Boeing 737-800", "737-800|boeing 737|Boeing737|737|800", "737-900"),
        ("an Airbus A380", "a380|A-380|380|airbus a380", "a38|a330"),
        ("the G20 summit", "G20|g-20|G 20|20", "g2|G7"),
        ("a G-7 paper", "G7|g-7|G 7", "g77"),
        ("Apollo 11 landed", "apollo 11|apollo-11|Apollo11", "apollo-12"),
        ("iPhone 15 sales", "iphone15|iphone 15|iPhone-15", "iphone14"),
        ("the A-10C flies", "A-10|a10|a10c|A-10C|10", "a-11"),
        ("H5N1 in poultry", "H5N1|h5n1|H5", "h5n2|h7n1"),
        ("mRNA-1273 trial", "mRNA-1273|mrna1273|1273|mrna", "mrna-127"),
        ("the COVID-19-related rise", "covid-19|COVID-19-related|related|covid19", "covid-18-related"),
        ("PM2.5 levels", "PM2.5|pm2.5", "pm25"),
        ("M25 motorway", "M25|m-25|M 25", "m2"),
        ("a 4x4 rally", "4x4|4X4", "4x5"),
        ("the B-52s concert", "B-52|b52|B-52s", "b-53"),
        ("Web 2.0 grows", "web 2.0|2.0", "web 20"),
        ("Formula 1 race", "formula 1|Formula-1|formula1|F1 or formula", "formula-2"),
        ("Article 50 invoked", "article 50|Article50", "article-51"),
        ("U-21 squad", "U21|u-21|U 21", "u-23"),
        ("Ka-band radio", "ka-band|kaband|band|Ka band", "k-band"),
        // Compounds.
        ("a well-known singer", "well-known|wellknown|known singer|well known", "unwell"),
        ("send an e-mail", "e-mail|email|mail", "snail-mail"),
        ("Zoë Ibarra-Holt speaks", "ibarra-holt|Ibarra Holt|ibarraholt|holt|zoe|ibarra-", "ibarra-holm"),
        ("mother-in-law visits", "mother-in-law|motherinlaw|law", "father-in-law"),
        ("state-of-the-art lab", "state-of-the-art|art", "state-of-the-union"),
        ("the Paris–Berlin night train", "paris-berlin|Paris|berlin|Paris–Berlin", "paris-rome"),
        ("a long‑running feud", "long-running|running|long running|longrunning", "short-running"),
        ("Jean-Luc Picard", "jean-luc|Jean Luc|jeanluc|luc", "jean-paul"),
        ("Al-Qaeda cell", "al-qaeda|alqaeda|Al Qaeda|qaeda", "al-nusra"),
        ("Rhein-Main-Gebiet wächst", "rhein-main-gebiet|rhein-main|Main-Gebiet|rheinmain", "rhein-neckar"),
        ("one-to-one talks", "one-to-one|one to one", "one-two-one"),
        // Slashes.
        ("A Reuters/Ipsos poll", "Reuters|Ipsos|Reuters/Ipsos|reuters ipsos", "Reuters/Gallup"),
        ("AC/DC play", "AC/DC|acdc|AC DC", "ac/dd"),
        ("180 km/h wind", "km/h|kmh|180", "kph"),
        ("his/her seat", "her seat|his/her", "seatbelt"),
        ("LGBT/HIV charity", "lgbt|hiv|LGBT/HIV", "lgbt/aids"),
        ("a 24/7 service", "24/7|24-7", "247|24/8"),
        ("the 9/11 inquiry", "9/11|9-11", "911"),
        ("season 2023/24", "2023/24|2023-24|2023", "2023/25|24/2023"),
        ("input\\output", "input|output|input/output", "inputs/outlet"),
        // A space is missing.
        ("The strike ended.Talks resume", "talks|ended|ended.Talks", "endedx"),
        ("He left.She stayed", "left|stayed|left.She", "leftover"),
        ("prices rose,wages fell", "rose|wages|prices", "rosewages"),
        ("stop!Go now", "stop|go now", "stopgo"),
        ("really?Yes really", "really|yes", "reallyyes"),
        ("the end…Then dark", "end|dark", "endthen"),
        ("one;two;three", "one|two|three", "onetwo"),
        ("quote:“Hello”", "quote|hello", "quotehello"),
        ("word—another", "word|another", "wordanother"),
        ("(bracketed)text", "bracketed|text", "bracketedtext"),
        ("No.10 denies", "No.10|10|no 10", "no.11"),
        // What cannot be seen.
        ("Die Bundes\u00ADtags\u00ADwahl", "Bundestagswahl|bundes\u00ADtagswahl", "Bundes wahl"),
        ("zero\u200Bwidth", "zerowidth|zero\u200Bwidth", "zero width"),
        ("join\u2060ed word", "joined|joi\u2060ned", "join ed"),
        ("\uFEFFByte order", "byte|\uFEFFbyte", "bit-order"),
        ("left\u200Eright marks", "leftright|marks", "left right"),
        ("\u202EReversed\u202C text", "reversed|text", "desrever"),
        ("emoji\uFE0F variation", "emoji|variation", "emo"),
        // Composed, decomposed, compatible.
        ("\u212Bngstr\u00F6m Labs", "\u00C5ngstr\u00F6m|angstrom|A\u030Angstro\u0308m", "ngstrom"),
        ("Cafe\u0301 society", "caf\u00E9|cafe|CAFE\u0301", "caf"),
        ("the of\uFB01ce \uFB02oor", "office|floor", "ofce"),
        ("\uFF26\uFF35\uFF2C\uFF2C width", "full|FULL|\uFF46ull", "ful"),
        ("\U0001D401\U0001D42B\U0001D41E\U0001D41A\U0001D424 news", "break|Break", "brea"),
        ("CO\u2082 falls", "CO2|co\u2082|co-2", "CO3"),
        ("12 km\u00B2 burned", "km2|km\u00B2", "km3"),
        ("\u2163 act", "iv|IV", "vi"),
        ("Stra\u00DFe closed", "strasse|Stra\u00DFe|STRASSE", "strase"),
        ("S\u00F8ren \u0141uk\u00E1\u0161", "soren|s\u00F8ren|lukas|\u0141uk\u00E1\u0161", "sren"),
        (
            "\u0130stanbul ve D\u0131yarbak\u0131r",
            "istanbul|\u0130STANBUL|diyarbakir|D\u0131yarbak\u0131r",
            "stanbul"
        ),
        ("Ti\u1EBFng Vi\u1EC7t", "tieng viet|Ti\u1EBFng Vi\u1EC7t|TI\u1EBENG", "ting"),
        ("\u00C6r\u00F8 ferry", "aero|\u00C6r\u00F8", "ro"),
        ("\u0152uvre r\u00E9cente", "oeuvre|\u0153uvre|recente", "uvre"),
        // Numbers.
        ("some 1,204 people", "1,204|1204|1.204|1\u00A0204|1'204", "204|120"),
        ("genau 1.204 Stimmen", "1.204|1204|1,204", "12040"),
        ("1\u202F204\u202F500 habitants", "1204500|1,204,500|1.204.500", "500"),
        ("CHF 1'204 paid", "1204|1'204", "204"),
        ("costs 1,204.50 today", "1,204.50|1204.50|1.204,50", "1204|50"),
        ("grew 3.5 per cent", "3.5|3,5", "35|3-5"),
        ("um 3,5 Prozent", "3,5|3.5", "35"),
        ("about 5% more", "5%|5|5 %", "50|55"),
        ("12.5% turnout", "12.5%|12.5", "125|12"),
        ("\u00BD of them, 3\u00BD hours", "1/2|3 1/2", "31/2"),
        ("the 21st century", "21st|21", "22nd|2"),
        ("in the 1990s", "1990s|1990", "199|1990p"),
        ("the \u201990s sound", "90s|90", "9"),
        ("\u0661\u0662\u0663 \u0645\u0642\u0639\u062F\u0627", "123|\u0661\u0662\u0663", "124"),
        ("turnout of 1,000,000", "1,000,000|1000000|1.000.000", "1000"),
        ("10 000 marched", "10000|10 000", "100000"),
        ("0.5 points", "0.5|0,5", "05"),
        ("-5 degrees", "5|degrees", "55"),
        // Units, money.
        ("a 30km race", "30km|30 km|30|30-km", "30m|3km"),
        ("a 30 km march", "30km|30 km|30-km", "30m"),
        ("$5m deal", "$5m|5m|5 m|5", "5bn|50m"),
        ("\u00A33.5bn fund", "\u00A33.5bn|3.5bn|3.5 bn", "35bn|3bn"),
        ("3.5 bn euros", "3.5bn|3.5 bn", "5bn|3.6bn"),
        ("\u20AC1,000 fine", "\u20AC1,000|1000|\u20AC1000", "100"),
        ("US$20 note", "us$20|US 20|20", "us$21"),
        ("100\u00B0C heat", "100\u00B0C|100 c|100", "10"),
        ("a 5G mast", "5G|5-g|5 G", "4g"),
        ("1080p video", "1080p|1080", "108"),
        ("10am start", "10am|10", "11am"),
        ("5.30pm kick-off", "5.30pm|kick-off|kickoff", "6.30pm"),
        ("a 75-year-old", "75-year-old|75|75 year old", "76-year-old"),
        ("6ft 2in tall", "6ft|6 ft|2in", "7ft"),
        ("\u33A1 of 5\u339E", "5km|5 km", "5m"),
        // Scores, dates, times, years.
        ("won 3-1 away", "3-1|3\u20131|3:1", "31|3-2|1-3"),
        ("lost 6\u20134, 7\u20135", "6-4|7-5|6\u20134", "64|6-5"),
        ("the 2024-05-12 vote", "2024-05-12|2024|2024-05", "2024-05-13"),
        ("on 12/05/2024 and", "12/05/2024|12.05.2024|12-05-2024|2024", "12/06/2024"),
        ("am 12.05.2024 um", "12.05.2024|12/05/2024|2024", "13.05.2024"),
        ("at 10:30 sharp", "10:30|10.30", "10:31|1030"),
        ("at 10.30 sharp", "10.30|10:30", "10.31|1030"),
        ("1990\u20131995 war", "1990-1995|1990\u20131995|1990|1995", "1990-1996"),
        ("a 50-50 chance", "50-50|50/50", "5050|50-51"),
        ("bid 7\u20130 down", "7-0", "70"),
        ("version 1.2.3 shipped", "1.2.3|version 1.2.3", "1.2.4"),
        ("10,000 marched on", "10 000|10000", "10 001|000"),
        ("1\u202F204\u202F500 visitors", "1 204 500|1204500", "1 204|204 500"),
        ("Apollo 11, 500 days on", "apollo 11 500|11 500", "11 501"),
        // Spaces around signs.
        ("won 4 - 2 at home", "4-2|4\u20132|4:2", "42|2-4"),
        ("lost 0 \u2013 5 there", "0-5|0\u20135", "5-0"),
        ("AT & T sues", "AT&T|at & t", "AT&C"),
        ("Marks & Spencer", "marks&spencer|Marks & Spencer", "marks&sons"),
        ("No. 10 refuses", "No.10|no 10|No. 10", "no.11"),
        ("S&P 500 falls", "S&P500|S&P 500|s&p", "S&P400"),
        ("R&B 1 charts", "r&b|R&B1", "r&d1"),
        ("the 1.5\u00B0C limit", "1.5C|1.5\u00B0C|1.5", "1.5F|15C"),
        ("up to 40 \u00B0C there", "40C|40\u00B0C|40 C", "40F"),
        ("kick-off 7.45pm", "7:45pm|7.45pm|7:45", "8:45pm"),
        ("kick-off at 7:45pm", "7.45pm|7:45pm|7.45 pm", "8.45pm"),
        // Initialisms.
        ("the U.S. Senate", "U.S.|US|u.s|U.S. Senate|us senate", "usa"),
        ("the U.K. vote", "UK|U.K.|u.k", "ukr"),
        ("a US-led force", "us-led|US led|U.S.-led|led", "uk-led"),
        ("the U.S.-led raid", "us-led|U.S.-led|led|US", "uk-led"),
        ("W.H.O. warns", "W.H.O.|w.h.o", "w.h.a."),
        ("J.K. Rowling writes", "J.K. Rowling|JK Rowling|J. K. Rowling|rowling", "J.R. Rowling"),
        ("J. R. R. Tolkien", "J.R. Tolkien|J. R. R. Tolkien|tolkien", "K.R. Tolkien"),
        ("e.g. this", "e.g.|eg", "i.e."),
        ("Ph.D. thesis", "Ph.D.|phd|PhD", "mphd"),
        ("the N.F.L. draft", "NFL|N.F.L.|nfl", "nba"),
        ("S.p.A. shares", "S.p.A.|spa", "sp.z"),
        ("at 9 p.m. sharp", "9 p.m.|9pm or sharp", "9 a.m."),
        // Handles, hashtags, addresses.
        ("@BBCNews reports", "@BBCNews|bbcnews|BBC news", "@BBCSport"),
        ("#MeToo marches", "#MeToo|metoo|me too", "#Me2"),
        ("#ClimateStrike now", "#climatestrike|climate strike|climatestrike", "climatestruck"),
        ("@some_handle said", "@some_handle|some_handle|handle", "@other_handle"),
        ("write to desk@example.com", "desk@example.com|example.com|desk", "desk@example.org"),
        ("see www.bbc.co.uk/news", "bbc.co.uk|www.bbc.co.uk|bbc|news", "bbc.com"),
        (
            "https://www.example.com/news/2024/uk-election?x=1",
            "uk-election|example.com|2024|election",
            "example.org"
        ),
        ("booking.com fined", "booking.com|booking|bookingcom", "booking.org"),
        ("snake_case_name", "snake_case_name|snake|case", "snake_case_number"),
        // Names with signs.
        ("C++ and C", "C++|c++", "c#"),
        ("only C here", "c", "C++|C#"),
        ("C# code", "C#|c#", "C++|F#"),
        ("F# code", "F#", "C#"),
        (".NET runtime", ".NET|net|.net", ".com"),
        ("the net result", "net", ".NET"),
        ("ASP.NET pages", "ASP.NET|asp|aspnet", "asp.org"),
        ("Node.js server", "node.js|nodejs|node", "node.ts"),
        ("AT&T sues", "AT&T|at&t|att", "AT&C"),
        ("R&D spend", "R&D|r&d|rd", "r&b"),
        ("Marks&Spencer", "marks&spencer|spencer|Marks", "marks&sons"),
        ("Disney+ hit", "Disney+|disney", "Canal+"),
        ("LGBTQ+ rights", "LGBTQ+|lgbtq", "lgbt+"),
        ("Yahoo! bid", "Yahoo!|yahoo", "yaho"),
        ("iPhone\u2122 maker", "iphone|iPhone\u2122", "iphonetm"),
        ("Toys\u201CR\u201DUs closes", "toys|closes", "toysr"),
        // Apostrophes and particles.
        ("Sinéad O\u2019Brien sings", "O'Brien|O\u2019Brien|obrien|brien|o brien", "o'brian"),
        ("Giscard d\u2019Estaing", "d'Estaing|Estaing|destaing|D\u2019ESTAING", "d'Estang"),
        ("L\u2019Or\u00E9al sales", "l'Oreal|L\u2019Or\u00E9al|loreal|oreal", "l'oreo"),
        ("McDonald\u2019s closes", "McDonald's|mcdonalds|mcdonald|McDonald\u2019s", "macdonald"),
        ("the workers\u2019 pay", "workers|workers\u2019", "workersx"),
        ("Hawai\u02BBi burns", "Hawaii|hawai\u02BBi|Hawai'i", "hawaiin"),
        ("qu\u2019il dit", "qu'il|quil|dit", "quel"),
        ("aujourd\u2019hui", "aujourd'hui|aujourdhui", "hier"),
        ("Ludwig van Beethoven", "van beethoven|Beethoven|ludwig van beethoven", "von beethoven"),
        ("Ursula von der Leyen", "von der Leyen|leyen|ursula leyen", "van der leyen"),
        ("col\u00B7lecci\u00F3 nova", "col\u00B7lecci\u00F3|colleccio|nova", "coleccio"),
        ("N\u2019Golo Kant\u00E9", "n'golo|ngolo|kante|golo", "n'gola"),
        ("rock \u2019n\u2019 roll", "rock|roll|rock n roll", "rocknroll"),
        // Arabic and Hebrew.
        (
            "\u0627\u0644\u0631\u0651\u064E\u0626\u0650\u064A\u0633\u064F \u0623\u0639\u0644\u0646",
            "\u0627\u0644\u0631\u0626\u064A\u0633|\u0627\u0639\u0644\u0646|\u0623\u0639\u0644\u0646",
            "\u0627\u0644\u0631\u0626\u064A"
        ),
        (
            "\u0645\u0640\u0640\u0635\u0631 \u0625\u0644\u0649",
            "\u0645\u0635\u0631|\u0645\u0640\u0635\u0631|\u0627\u0644\u0649|\u0627\u0644\u064A",
            "\u0645\u0635"
        ),
        (
            "\u0622\u0644 \u0633\u0639\u0648\u062F",
            "\u0627\u0644 \u0633\u0639\u0648\u062F|\u0622\u0644",
            "\u0633\u0639\u062F"
        ),
        (
            "\u06A9\u062A\u0627\u0628 \u0641\u0627\u0631\u0633\u06CC",
            "\u0643\u062A\u0627\u0628|\u0641\u0627\u0631\u0633\u064A|\u06A9\u062A\u0627\u0628",
            "\u0643\u062A\u0628"
        ),
        (
            "\u0645\u06CC\u200C\u0631\u0648\u062F",
            "\u0645\u06CC\u0631\u0648\u062F|\u0645\u06CC \u0631\u0648\u062F|\u0631\u0648\u062F|"
                + "\u0645\u06CC\u200C\u0631\u0648\u062F",
            "\u0645\u06CC\u0631\u0648"
        ),
        ("\uFE8D\uFEDF\uFEB4\uFEFC\uFEE1", "\u0627\u0644\u0633\u0644\u0627\u0645", "\u0633\u0644\u0645"),
        (
            "\u05E9\u05C1\u05B8\u05DC\u05D5\u05B9\u05DD \u05E2\u05D5\u05DC\u05DD",
            "\u05E9\u05DC\u05D5\u05DD|\u05E9\u05C1\u05B8\u05DC\u05D5\u05B9\u05DD|\u05E2\u05D5\u05DC\u05DD",
            "\u05E9\u05DC\u05D5"
        ),
        (
            "\u05E6\u05D4\u05F4\u05DC \u05D4\u05D5\u05D3\u05D9\u05E2",
            "\u05E6\u05D4\u05DC|\u05E6\u05D4\"\u05DC|\u05E6\u05D4\u05F4\u05DC",
            "\u05E6\u05DC"
        ),
        (
            "\u05EA\u05DC\u05BE\u05D0\u05D1\u05D9\u05D1",
            "\u05EA\u05DC \u05D0\u05D1\u05D9\u05D1|\u05EA\u05DC-\u05D0\u05D1\u05D9\u05D1|"
                + "\u05D0\u05D1\u05D9\u05D1|\u05EA\u05DC\u05BE\u05D0\u05D1\u05D9\u05D1",
            "\u05EA\u05DC-\u05D4\u05E9\u05D5\u05DE\u05E8"
        ),
        // Greek, Cyrillic, Devanagari.
        (
            "\u0391\u03B8\u03AE\u03BD\u03B1 \u03C3\u03AE\u03BC\u03B5\u03C1\u03B1",
            "\u03B1\u03B8\u03B7\u03BD\u03B1|\u0391\u0398\u0397\u039D\u0391|\u0391\u03B8\u03AE\u03BD\u03B1",
            "\u03B1\u03B8\u03B7\u03BD"
        ),
        (
            "\u03C4\u03AD\u03BB\u03BF\u03C2",
            "\u03A4\u0395\u039B\u039F\u03A3|\u03C4\u03B5\u03BB\u03BF\u03C3",
            "\u03C4\u03B5\u03BB\u03BF"
        ),
        (
            "\u041C\u043E\u0441\u043A\u0432\u0430 \u0438 \u0419\u043E\u0448\u043A\u0430\u0440-\u041E\u043B\u0430",
            "\u043C\u043E\u0441\u043A\u0432\u0430|"
                + "\u0439\u043E\u0448\u043A\u0430\u0440-\u043E\u043B\u0430|"
                + "\u0418\u0306\u043E\u0448\u043A\u0430\u0440|\u043E\u043B\u0430",
            "\u043C\u043E\u0441\u043A\u0432"
        ),
        (
            "\u0451\u043B\u043A\u0430 \u0438 \u041A\u0438\u0457\u0432",
            "\u0435\u043B\u043A\u0430|\u0401\u041B\u041A\u0410|\u041A\u0438\u0457\u0432",
            "\u0435\u043B\u043A"
        ),
        (
            "\u0926\u093F\u0932\u094D\u0932\u0940 \u092E\u0947\u0902",
            "\u0926\u093F\u0932\u094D\u0932\u0940|\u092E\u0947\u0902",
            "\u0926\u093F\u0932"
        ),
        ("\u0995\u09B2\u0995\u09BE\u09A4\u09BE", "\u0995\u09B2\u0995\u09BE\u09A4\u09BE", "\u0995\u09B2"),
        // Scripts without spaces.
        (
            "\u6771\u4EAC\u90FD\u77E5\u4E8B\u9078\u6319\u306E\u7D50\u679C",
            "\u77E5\u4E8B\u9078\u6319|\u6771\u4EAC|\u4EAC\u90FD|\u7D50\u679C|\u679C|\u6771|"
                + "\u6771\u4EAC\u90FD\u77E5\u4E8B\u9078\u6319\u306E\u7D50\u679C",
            "\u5927\u962A|\u6771\u90FD"
        ),
        ("\u5317\u4EAC\u51AC\u5965\u4F1A", "\u51AC\u5965\u4F1A|\u5317\u4EAC|\u51AC\u5965", "\u5317\u51AC"),
        ("2024\u5E744\u6708 \u9078\u6319", "2024\u5E74|2024|\u9078\u6319|4\u6708", "2025\u5E74"),
        (
            "\u30B3\u30F3\u30D4\u30E5\u30FC\u30BF\u30FC",
            "\u30D4\u30E5\u30FC\u30BF|\u30B3\u30F3|\uFF8B\uFF9F\uFF6D\uFF70\uFF80",
            "\u30B3\u30D4"
        ),
        ("\u30AC\u30B9\u7206\u767A", "\u30AC\u30B9|\u30AB\u3099\u30B9|\uFF76\uFF9E\uFF7D", "\u30AB\u30B9"),
        ("iPhone\u767A\u58F2", "iphone|\u767A\u58F2|iPhone\u767A\u58F2", "\u767A\u9001"),
        (
            "\uB300\uD55C\uBBFC\uAD6D\uC5D0\uC11C",
            "\uB300\uD55C\uBBFC\uAD6D|\uD55C\uBBFC|\u1103\u1162\u1112\u1161\u11AB\u1106\u1175\u11AB\u1100\u116E\u11A8",
            "\uB300\uBBFC"
        ),
        (
            "\u0E01\u0E23\u0E38\u0E07\u0E40\u0E17\u0E1E\u0E21\u0E2B\u0E32\u0E19\u0E04\u0E23",
            "\u0E01\u0E23\u0E38\u0E07\u0E40\u0E17\u0E1E|\u0E21\u0E2B\u0E32\u0E19\u0E04\u0E23|\u0E19\u0E04\u0E23",
            "\u0E40\u0E0A\u0E35\u0E22\u0E07"
        ),
        ("\u0EA7\u0EBD\u0E87\u0E88\u0EB1\u0E99", "\u0E88\u0EB1\u0E99|\u0EA7\u0EBD\u0E87", "\u0E99\u0E88"),
        (
            "\u1797\u17D2\u1793\u17C6\u1796\u17C1\u1789",
            "\u1797\u17D2\u1793\u17C6|\u1796\u17C1\u1789",
            "\u1789\u1796"
        ),
        (
            "\u101B\u1014\u103A\u1000\u102F\u1014\u103A",
            "\u101B\u1014\u103A|\u1000\u102F\u1014\u103A",
            "\u1000\u101B"
        ),
        ("\U00020BB7\u91CE\u5BB6", "\U00020BB7\u91CE|\u91CE\u5BB6", "\U00020BB7\u5BB6"),
    ];

    public static string[] Split(string alternatives) => alternatives.Split('|');
}
