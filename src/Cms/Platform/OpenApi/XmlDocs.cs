using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Cms.Platform.OpenApi;

/// <summary>
/// The XML documentation of the server's own types, as Markdown: what the document says is what the code says.
/// </summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    public XmlDocs()
    {
        var file = Path.ChangeExtension(typeof(XmlDocs).Assembly.Location, ".xml");
        _members = XDocument
            .Load(file)
            .Descendants("member")
            .ToDictionary(e => (string)e.Attribute("name")!, StringComparer.Ordinal);
    }

    public string? Summary(MemberInfo member) => Text(member, "summary");

    public string? Remarks(MemberInfo member) => Text(member, "remarks");

    public string? Example(MemberInfo member) => Text(member, "example");

    private string? Text(MemberInfo member, string element) =>
        _members.GetValueOrDefault(Id(member))?.Element(element) is { } found
            ? Spaces().Replace(Markdown(found), " ").Trim()
            : null;

    private static string Id(MemberInfo member)
    {
        if (member is Type type)
            return "T:" + Name(type);
        return (member is PropertyInfo ? "P:" : "F:") + Name(member.DeclaringType!) + "." + member.Name;
    }

    private static string Name(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Markdown(XElement element) =>
        string.Concat(
            element
                .Nodes()
                .Select(node =>
                    node switch
                    {
                        XText text => text.Value,
                        XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value}`",
                        XElement { Name.LocalName: "see" or "paramref" } see => $"`{Referred(see)}`",
                        XElement { Name.LocalName: "para" } para => "\n\n" + Markdown(para),
                        XElement other => Markdown(other),
                        _ => "",
                    }
                )
        );

    private static string Referred(XElement see) =>
        ((string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? "").Split('.', ':')[^1];

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
