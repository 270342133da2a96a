"""No export carries a script on, whatever a page says (vectors after OWASP's list)."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import lxml.html
import pytest
from markdown_it import MarkdownIt

from scraper.exports import FORMATS, render
from scraper.items import Block, BlockKind, Image

VECTORS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "</title><script>alert(1)</script>",
    "</p></article><script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<script\x00>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<img src=`javascript:alert(1)`>",
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=data:text/html;base64,PHNjcmlwdD4=>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jAvAsCrIpT&colon;alert(1)'>x</a>",
    "<a href=&#106;&#97;&#118;&#97;script:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    "<a href=vbscript:msgbox(1)>x</a>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<button formaction=javascript:alert(1)>",
    "<input onfocus=alert(1) autofocus>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<style>@import'javascript:alert(1)';</style>",
    "<div style='background:url(javascript:alert(1))'>",
    "<base href='javascript:alert(1)//'>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](<javascript:alert(1)>)",
    '[x](http://a "onmouseover=alert(1)")',
    "![x](javascript:alert(1))",
    "![x](x 'onerror=alert(1)')",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "`<script>`<script>alert(1)</script>",
    "```\n<script>alert(1)</script>",
    "    <script>alert(1)</script>",
    "x\n<script>alert(1)</script>\n",
    "\\<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "- <script>alert(1)</script>",
    "> <img src=x onerror=alert(1)>",
    "| a | <script>alert(1)</script> |",
    "javascript:alert(1)",
    "http://x/<script>alert(1)</script>",
    "http://x/\"onmouseover='alert(1)'",
    "http://x/ javascript:alert(1)",
)
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "article",
        "header",
        "h1",
        "h2",
    ),
    *("p", "b", "strong", "em", "ul", "ol", "li", "blockquote", "figure", "figcaption"),
    *("table", "thead", "tbody", "tr", "td", "th", "br", "hr", "a", "code", "pre"),
}
ATTRIBUTES = {"href", "lang", "charset", "name", "content", "style", "start", "title"}
COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable("table")


def full_of(make, vector: str):
    """Return an article that says *vector* wherever it says anything."""
    blocks = [Block(kind, vector, time=vector) for kind in BlockKind]
    return make(
        *blocks,
        url=vector,
        canonical_url=vector,
        title=vector,
        lead=vector,
        byline=vector,
        authors=(vector,),
        agency=vector,
        section=vector,
        tags=(vector,),
        breadcrumbs=(vector,),
        language=vector,
        images=(Image(vector, vector, vector),),
    )


def check(html: str) -> None:
    """Fail on an element, an attribute or a link that no export has need of."""
    for element in lxml.html.document_fromstring(html).iter():
        assert element.tag in ELEMENTS, html
        assert set(element.attrib) <= ATTRIBUTES, html
        link = element.get("href")
        assert link is None or urlsplit(link).scheme in {"http", "https"}, html


@pytest.mark.parametrize("vector", VECTORS)
def test_html_holds_no_script(make, vector: str) -> None:
    check(render(full_of(make, vector), "html"))


@pytest.mark.parametrize("vector", VECTORS)
def test_markdown_renders_to_no_script(make, vector: str) -> None:
    check(COMMONMARK.render(render(full_of(make, vector), "markdown")))


@pytest.mark.parametrize("form", ["html", "markdown", "text"])
def test_no_export_commands_a_terminal(make, form: str) -> None:
    said = full_of(make, "a\x1b]0;b\x07\x9b31m\u202ec")
    out = io.BytesIO()
    FORMATS[form].write([said], out)
    written = out.getvalue().decode()
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(written)
