using System.Xml.Linq;
using FastCanary.LoadTests.Reports;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed class PageTests
{
    [Fact]
    public void An_element_with_nothing_in_it_has_an_end_tag_unless_HTML_knows_it_without()
    {
        string text = Page.ToText(new XElement(Page.Html + "html", new XElement(Page.Html + "meta"), new XElement(Page.Html + "div"), new XElement(Page.Html + "td", "")));
        Assert.Equal("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\n <meta />\n <div></div>\n <td></td>\n</html>\n", text);
    }
}
