namespace Cms.Publishing.Bodies;

/// <summary>A text would take too long to read.</summary>
/// <param name="code">As in <see cref="BodyFault"/>.</param>
/// <param name="detail">What is too much, and what would be right.</param>
internal sealed class TooMuchException(string code, string detail) : Exception(detail)
{
    public string Code => code;

    public string Detail => Message;
}
