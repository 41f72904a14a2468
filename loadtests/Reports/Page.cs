using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace FastCanary.LoadTests.Reports;

/// <summary>A page as a tree, so that nothing in it can be taken for a tag. Its text is HTML and XML at once.</summary>
internal static class Page
{
    private const char Replacement = '\uFFFD';

    public static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    // All others need an end tag in HTML, even where there is nothing in them.
    private static readonly HashSet<string> WithoutEnd = new(StringComparer.Ordinal) { "meta", "br", "path" };

    /// <summary>The page's text.</summary>
    /// <param name="root">Its <c>html</c>; texts that XML does not allow, such as a terminal's colours in a log, are replaced in it.</param>
    public static string ToText(XElement root)
    {
        foreach (XElement element in root.DescendantsAndSelf())
        {
            foreach (XAttribute attribute in element.Attributes()) attribute.Value = Legal(attribute.Value);
            if (element.IsEmpty && !WithoutEnd.Contains(element.Name.LocalName)) element.Value = "";
        }

        foreach (XText text in root.DescendantNodes().OfType<XText>()) text.Value = Legal(text.Value);
        var page = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(page, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" })) root.Save(writer);
        return page.Append('\n').ToString();
    }

    private static string Legal(string text)
    {
        StringBuilder? legal = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) continue;
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
                continue;
            }

            legal ??= new StringBuilder(text);
            legal[i] = Replacement;
        }

        return legal?.ToString() ?? text;
    }
}
