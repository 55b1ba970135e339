using System.Globalization;
using System.Text;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>A word, a stretch of white space, or another character, in one style.</summary>
internal readonly record struct Token(string Text, Style Style);

/// <summary>Cuts text into the smallest pieces that a comparison shows.</summary>
internal static class TextTokens
{
    public static List<Token> Of(Inline inline)
    {
        var tokens = new List<Token>();
        foreach (var run in inline.Runs)
            Cut(run.Text, run.Style, tokens);
        return tokens;
    }

    public static List<Token> Of(string plain)
    {
        var tokens = new List<Token>();
        Cut(plain, default, tokens);
        return tokens;
    }

    private static void Cut(string text, Style style, List<Token> tokens)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = start + Character(text, start);
            if (IsInWord(text, start))
                while (end < text.Length && (IsInWord(text, end) || IsApostrophe(text, end)))
                    end += Character(text, end);
            else if (text[start] == ' ')
                while (end < text.Length && text[end] == ' ')
                    end++;
            tokens.Add(new(text[start..end], style));
            start = end;
        }
    }

    // What a reader takes for one character: an emoji of several code points, a letter with its marks.
    private static int Character(string text, int at) =>
        char.IsAscii(text[at]) && (at + 1 == text.Length || char.IsAscii(text[at + 1]))
            ? 1
            : StringInfo.GetNextTextElementLength(text, at);

    // Scripts without spaces are compared character by character.
    private static bool IsInWord(string text, int at)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _);
        return Rune.IsLetterOrDigit(rune)
            && rune.Value
                is not (
                    (>= 0x0E00 and <= 0x0EFF)
                    or (>= 0x1000 and <= 0x109F)
                    or (>= 0x1780 and <= 0x17FF)
                    or (>= 0x3040 and <= 0x312F)
                    or (>= 0x31F0 and <= 0x31FF)
                    or (>= 0x3400 and <= 0x9FFF)
                    or (>= 0xF900 and <= 0xFAFF)
                    or (>= 0xFF66 and <= 0xFF9F)
                    or (>= 0x20000 and <= 0x3FFFF)
                );
    }

    private static bool IsApostrophe(string text, int at) =>
        text[at] is '\'' or '’' && at + 1 < text.Length && IsInWord(text, at + 1);
}
